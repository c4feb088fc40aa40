package io.agentruntime.chat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does on each connection what it is told, byte by byte. */
final class WireServer implements AutoCloseable {

    /** What happens on one connection, which is closed at the end. */
    interface Script {
        void serve(WirePeer peer) throws Exception;
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final List<Exception> endings = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    private WireServer(ServerSocket socket, Script script) {
        this.socket = socket;
        threads.execute(() -> {
            try {
                while (true) {
                    Socket next = socket.accept();
                    connections.incrementAndGet();
                    accepted.add(next);
                    threads.execute(() -> serve(next, script));
                }
            } catch (IOException closed) {
                threads.shutdown();
            }
        });
    }

    static WireServer of(Script script) throws IOException {
        return new WireServer(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), script);
    }

    private void serve(Socket connection, Script script) {
        try (connection) {
            script.serve(new WirePeer(connection));
        } catch (Exception gone) { // the client's end is what many tests are about
            endings.add(gone);
        }
    }

    String host() {
        return "localhost:" + socket.getLocalPort();
    }

    String url() {
        return "http://" + host() + "/v1";
    }

    int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket open : accepted) {
            open.close();
        }
        threads.shutdownNow();
    }
}
