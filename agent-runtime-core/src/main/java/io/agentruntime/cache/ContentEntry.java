package io.agentruntime.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Set;

/**
 * The stored form of a content: a JSON object that says whose it is, from which source, and carries a checksum over itself.
 *
 * <p>The content stands in a field named after its kind.
 */
final class ContentEntry {

    private static final String SOURCE_HASH = "source_hash";
    private static final String CACHED_AT = "cached_at";
    private static final String ORGANISATION = "organisation";
    private static final String DOCUMENT = "document";
    private static final String VARIANT = "variant";
    private static final String CHECKSUM = "checksum";

    /** The fields that a kind of content cannot be named after. */
    static final Set<String> RESERVED = Set.of(SOURCE_HASH, CACHED_AT, ORGANISATION, DOCUMENT, VARIANT, CHECKSUM);

    private static final ObjectMapper json = new ObjectMapper();

    private final ObjectNode fields;

    private ContentEntry(ObjectNode fields) {
        this.fields = fields;
    }

    static <T> ContentEntry of(ContentKey<T> key, T value, Instant storedAt) {
        ObjectNode fields = json.createObjectNode();
        fields.set(key.kind().name(), json.valueToTree(value));
        fields.put(SOURCE_HASH, key.source().hash());
        fields.put(CACHED_AT, storedAt.toString());
        fields.put(ORGANISATION, key.organisation());
        fields.put(DOCUMENT, key.source().document());
        fields.put(VARIANT, key.kind().variant());
        fields.put(CHECKSUM, checksum(fields));
        return new ContentEntry(fields);
    }

    /** Reads an entry, and throws if it is damaged. */
    static ContentEntry read(byte[] stored) throws IOException {
        JsonNode node = json.readTree(stored);
        if (!(node instanceof ObjectNode fields)) {
            throw new IOException("not a JSON object");
        }
        JsonNode expected = fields.remove(CHECKSUM);
        if (expected == null || !checksum(fields).equals(expected.textValue())) {
            throw new IOException("the checksum does not match");
        }
        return new ContentEntry(fields);
    }

    private static String checksum(ObjectNode unsigned) {
        try {
            return Sha256.hex(json.writeValueAsBytes(unsigned));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    byte[] bytes() {
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    /** Says whether this entry is at the right place: of this organisation, document and kind. */
    boolean belongsTo(ContentKey<?> key) {
        return has(ORGANISATION, key.organisation())
                && has(DOCUMENT, key.source().document())
                && fields.has(key.kind().name());
    }

    /** Says whether this entry was made from the same source in the same way. */
    boolean isCurrentFor(ContentKey<?> key) {
        return has(SOURCE_HASH, key.source().hash()) && has(VARIANT, key.kind().variant());
    }

    private boolean has(String field, String value) {
        return value.equals(fields.path(field).textValue());
    }

    <T> Content<T> content(ContentKind<T> kind) throws IOException {
        try {
            T value = json.treeToValue(fields.get(kind.name()), kind.type());
            if (value == null) {
                throw new IOException("the content is null");
            }
            return new Content<>(
                    value, true, Instant.parse(fields.path(CACHED_AT).asText()));
        } catch (DateTimeException e) {
            throw new IOException("no time of storage", e);
        }
    }
}
