package io.agentruntime.testkit.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

/** Several requests in one, and their answers. */
final class GcsBatch {

    private static final String BOUNDARY = "batch_of_the_test_server";

    private GcsBatch() {}

    static GcsReply answer(GcsRequest batch, Function<GcsRequest, GcsReply> single) {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try {
            for (byte[] part : batch.parts()) {
                String id = GcsRequest.headers(part).getOrDefault("content-id", "");
                write(answers, id, single.apply(GcsRequest.parse(GcsRequest.content(part))));
            }
            answers.write(("--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("memory can be written to", e);
        }
        return GcsReply.of(200, Map.of("Content-Type", "multipart/mixed; boundary=" + BOUNDARY), answers.toByteArray());
    }

    private static void write(ByteArrayOutputStream answers, String id, GcsReply reply) throws IOException {
        StringBuilder head = new StringBuilder("--" + BOUNDARY + "\r\nContent-Type: application/http\r\n");
        head.append("Content-ID: ").append(id.replaceFirst("^<?", "<response-")).append("\r\n\r\n");
        head.append("HTTP/1.1 ").append(reply.status()).append(" Status\r\n");
        reply.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(reply.length()).append("\r\n\r\n");
        answers.write(head.toString().getBytes(UTF_8));
        reply.writeTo(answers, reply.length());
        answers.write("\r\n".getBytes(UTF_8));
    }
}
