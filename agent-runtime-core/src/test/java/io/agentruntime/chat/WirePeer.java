package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One client of a {@link WireServer}. */
final class WirePeer {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");
    private static final String STREAM = "Content-Type: text/event-stream\r\n";

    private final Socket socket;
    private final InputStream in;

    WirePeer(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        socket.setTcpNoDelay(true);
    }

    /** Reads a whole request, head and body. */
    String request() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.write(next);
        }
        Matcher length = LENGTH.matcher(head.toString(ISO_8859_1));
        byte[] body = in.readNBytes(length.find() ? Integer.parseInt(length.group(1)) : 0);
        return head.toString(ISO_8859_1) + new String(body, UTF_8);
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(UTF_8));
    }

    /** Begins a stream of chunks, which is cut if the connection ends without {@link #endChunks}. */
    void chunkedHead(String... headers) throws IOException {
        send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + STREAM + lines(headers) + "\r\n");
    }

    /** Begins a stream that lasts as long as the connection. */
    void closingHead(String... headers) throws IOException {
        send("HTTP/1.1 200 OK\r\nConnection: close\r\n" + STREAM + lines(headers) + "\r\n");
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    void chunk(String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(UTF_8));
        chunk.writeBytes(bytes);
        chunk.writeBytes("\r\n".getBytes(UTF_8));
        send(chunk.toByteArray());
    }

    void endChunks() throws IOException {
        send("0\r\n\r\n");
    }

    void answer(int status, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        send("HTTP/1.1 " + status + " X\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                + bytes.length + "\r\n" + lines(headers) + "\r\n");
        send(bytes);
    }

    /** Waits until the client has closed its end. */
    void awaitGone() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException reset) {
            return; // gone too
        }
    }

    /** Ends the connection the hard way. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** One event of an OpenAI stream. */
    static String token(String text) {
        return "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":"
                + "{\"content\":\"" + text + "\"}}]}\n\n";
    }

    /** The end of an OpenAI stream. */
    static String done() {
        return "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
                + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}\n\n"
                + "data: [DONE]\n\n";
    }

    /** A whole OpenAI answer. */
    static String completion(String text) {
        return "{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                + "\"assistant\",\"content\":\"" + text + "\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2,\"total_tokens\":5}}";
    }
}
