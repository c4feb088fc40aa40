package io.agentruntime.testkit.gcs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An object of a bucket. Immutable.
 *
 * @param id the bucket and the name, as in {@code bucket/name}
 * @param generation which object of this name it is
 * @param metageneration how often what is known of it was changed
 * @param facts what its writer said of it
 * @param content its bytes
 * @param hashes the checksums of the bytes as they were stored
 */
record GcsObject(
        String id, long generation, long metageneration, JsonNode facts, GcsContent content, GcsHashes hashes) {

    String bucket() {
        return id.substring(0, id.indexOf('/'));
    }

    String name() {
        return id.substring(id.indexOf('/') + 1);
    }

    /** The representation of the JSON API. */
    ObjectNode json() {
        ObjectNode json = GcsReply.JSON.createObjectNode();
        json.put("kind", "storage#object").put("id", id + "/" + generation);
        json.put("bucket", bucket()).put("name", name());
        json.put("generation", Long.toString(generation)).put("metageneration", Long.toString(metageneration));
        json.put("contentType", contentType()).put("size", Long.toString(content.size()));
        json.put("crc32c", hashes.crc32c()).put("md5Hash", hashes.md5()).put("etag", etag());
        Instant created = Instant.ofEpochMilli(generation / 1_000);
        json.put("timeCreated", created.toString()).put("updated", created.toString());
        if (facts.path("metadata").isObject()) {
            json.set("metadata", facts.path("metadata"));
        }
        return json;
    }

    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", contentType());
        headers.put("ETag", etag());
        headers.put("x-goog-hash", "crc32c=" + hashes.crc32c() + ",md5=" + hashes.md5());
        headers.put("x-goog-generation", Long.toString(generation));
        headers.put("x-goog-metageneration", Long.toString(metageneration));
        headers.put("x-goog-stored-content-length", Long.toString(content.size()));
        return headers;
    }

    private String contentType() {
        return facts.path("contentType").asText("application/octet-stream");
    }

    private String etag() {
        return "\"" + generation + "/" + metageneration + "\"";
    }

    /** The object after an update: fields that are null in the change are removed, those of the metadata too. */
    GcsObject updated(JsonNode change) {
        ObjectNode newFacts = facts.deepCopy();
        merge(newFacts, change);
        return new GcsObject(id, generation, metageneration + 1, newFacts, content, hashes);
    }

    private static void merge(ObjectNode target, JsonNode change) {
        change.properties().forEach(field -> {
            JsonNode value = field.getValue();
            if (value.isNull()) {
                target.remove(field.getKey());
            } else if (value.isObject() && target.path(field.getKey()) instanceof ObjectNode inner) {
                merge(inner, value);
            } else {
                target.set(field.getKey(), value);
            }
        });
    }
}
