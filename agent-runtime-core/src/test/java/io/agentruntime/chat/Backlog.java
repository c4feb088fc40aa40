package io.agentruntime.chat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Fills the queue of a socket that accepts nothing, so that further connections get no answer. */
final class Backlog implements AutoCloseable {

    private final List<SocketChannel> waiting = new ArrayList<>();

    static Backlog of(ServerSocket server) throws IOException {
        Backlog backlog = new Backlog();
        for (int i = 0; i < 8; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            boolean unused = channel.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
            backlog.waiting.add(channel);
        }
        return backlog;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
    }
}
