package io.agentruntime.testkit.provider;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request of HTTP/1.1 as it was read from a connection; header names are in lower case. */
record HttpMessage(String method, String path, Map<String, String> headers, String body) {

    private static final int LONGEST_LINE = 64 * 1024;

    /** Reads the next one; null if the client has ended the connection. */
    static @Nullable HttpMessage read(InputStream in) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        String[] words = ((char) first + line(in)).split(" ");
        if (words.length != 3) {
            throw new ProtocolException("no request of HTTP: " + String.join(" ", words));
        }
        Map<String, String> headers = headers(in);
        String body = new String(body(in, headers), StandardCharsets.UTF_8);
        return new HttpMessage(words[0], words[1].split("\\?", 2)[0], headers, body);
    }

    /** Whether the client sends nothing more. */
    boolean last() {
        return headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(":", 2);
            if (parts.length != 2) {
                throw new ProtocolException("no header of HTTP: " + line);
            }
            headers.merge(parts[0].toLowerCase(Locale.ROOT), parts[1].strip(), (a, b) -> a + "," + b);
        }
        return headers;
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (!headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return exactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(exactly(in, size));
            line(in);
        }
        headers(in); // what may follow the body
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException(bytes.length + " of " + size + " bytes came");
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() > LONGEST_LINE) {
                throw new EOFException("a line of HTTP has no end");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }
}
