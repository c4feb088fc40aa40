package io.agentruntime.testkit.gcs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What the server answers.
 *
 * @param status the HTTP status
 * @param headers the headers
 * @param content where the bytes of the body are
 * @param offset where the body begins in it
 * @param length how long the body is
 */
record GcsReply(int status, Map<String, String> headers, GcsContent content, long offset, long length) {

    static final ObjectMapper JSON = new ObjectMapper();

    static GcsReply of(int status, Map<String, String> headers, byte[] body) {
        return new GcsReply(status, headers, GcsContent.of(body), 0, body.length);
    }

    static GcsReply empty(int status, Map<String, String> headers) {
        return of(status, headers, new byte[0]);
    }

    static GcsReply json(JsonNode resource) {
        return json(200, resource);
    }

    private static GcsReply json(int status, JsonNode resource) {
        return of(
                status,
                Map.of("Content-Type", "application/json; charset=UTF-8"),
                resource.toString().getBytes(UTF_8));
    }

    static GcsReply error(int status, String reason) {
        ObjectNode error = JSON.createObjectNode().put("code", status).put("message", "Says " + reason);
        error.putArray("errors")
                .addObject()
                .put("domain", "global")
                .put("reason", reason)
                .put("message", reason);
        ObjectNode body = JSON.createObjectNode();
        body.set("error", error);
        return json(status, body);
    }

    GcsReply changed(UnaryOperator<byte[]> change) {
        return of(status, headers, change.apply(content.bytes(offset, length)));
    }

    void writeTo(OutputStream target, long most) throws IOException {
        content.writeTo(target, offset, most);
    }
}
