package io.agentruntime.testkit.provider;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client. One thread reads, always, so that it learns at once when the client goes away; each request is served by
 * another, one after the other.
 */
final class Connection {

    private final Socket socket;
    private final Executor threads;
    private final Service service;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Runnable atEnd = () -> {};
    private volatile boolean ending;

    /** What is done with a request; says whether another may follow on the same connection. */
    interface Service {
        boolean serve(HttpMessage message, Connection connection) throws IOException;
    }

    Connection(Socket socket, Executor threads, Service service) {
        this.socket = socket;
        this.threads = threads;
        this.service = service;
    }

    /** Completes when the connection has ended, whoever ended it. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Says what to do at the end of the connection, just before {@link #ended} completes; replaces what was said before. */
    void atEnd(Runnable action) {
        atEnd = action;
        if (ending) {
            action.run();
        }
    }

    private void end() {
        ending = true; // INVARIANT: set before the action is read, so that no action is missed
        atEnd.run();
        ended.complete(null);
    }

    /** Reads until the connection ends. */
    void read() throws IOException {
        CompletableFuture<Void> serving = CompletableFuture.completedFuture(null);
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (HttpMessage next = next(in, serving); next != null; next = next(in, serving)) {
                HttpMessage message = next;
                serving = CompletableFuture.runAsync(() -> serve(message), threads);
            }
        } finally {
            end();
        }
    }

    private @Nullable HttpMessage next(InputStream in, CompletableFuture<Void> serving) throws IOException {
        HttpMessage message = HttpMessage.read(in);
        if (message == null) {
            end();
        }
        serving.join();
        return message;
    }

    private void serve(HttpMessage message) {
        boolean open = false;
        try {
            open = service.serve(message, this) && !message.last();
        } catch (IOException e) {
            end(); // it could not be sent, as the client is gone
        } finally {
            if (!open) {
                close();
            }
        }
    }

    void send(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Breaks the connection, so that the client sees a reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a connection of the server could not be closed", e);
        }
    }
}
