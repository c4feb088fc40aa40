package io.agentruntime.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The stored form of a content: a JSON object that says whose it is, from which source, and carries a checksum over itself.
 *
 * <p>The content stands in a field named after its kind. What was made of other versions of the document, or in other variants, stands
 * beside it, so that hosts which do not have the same version at the same time do not push each other's out.
 */
final class ContentEntry {

    private static final String SOURCE_HASH = "source_hash";
    private static final String CACHED_AT = "cached_at";
    private static final String ORGANISATION = "organisation";
    private static final String DOCUMENT = "document";
    private static final String VARIANT = "variant";
    private static final String CHECKSUM = "checksum";
    private static final String OTHERS = "other_versions";

    /** How many contents an entry keeps beside the newest. */
    static final int MAX_OTHERS = 3;

    /** The fields that a kind of content cannot be named after. */
    static final Set<String> RESERVED =
            Set.of(SOURCE_HASH, CACHED_AT, ORGANISATION, DOCUMENT, VARIANT, CHECKSUM, OTHERS);

    private static final ObjectMapper json = new ObjectMapper();

    private final ObjectNode fields;
    private final List<ContentEntry> others;

    private ContentEntry(ObjectNode fields, List<ContentEntry> others) {
        this.fields = fields;
        this.others = others;
    }

    /** Makes the entry of a content that is the newest of a place; what was there before stays beside it as long as there is room. */
    static <T> ContentEntry of(ContentKey<T> key, Content<T> content, @Nullable ContentEntry before) {
        List<ContentEntry> others = before == null
                ? List.of()
                : before.versions()
                        .filter(version -> version.belongsTo(key) && !version.isCurrentFor(key))
                        .limit(MAX_OTHERS)
                        .toList();
        return new ContentEntry(fields(key, content.value(), content.storedAt()), others);
    }

    private Stream<ContentEntry> versions() {
        return Stream.concat(Stream.of(this), others.stream());
    }

    private static <T> ObjectNode fields(ContentKey<T> key, T value, Instant storedAt) {
        ObjectNode fields = json.createObjectNode();
        fields.set(key.kind().name(), json.valueToTree(value));
        fields.put(SOURCE_HASH, key.source().hash());
        fields.put(CACHED_AT, storedAt.toString());
        fields.put(ORGANISATION, key.organisation());
        fields.put(DOCUMENT, key.source().document());
        fields.put(VARIANT, key.kind().variant());
        return fields;
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
        List<ContentEntry> others = new ArrayList<>();
        for (JsonNode other : fields.path(OTHERS)) {
            if (other instanceof ObjectNode version) {
                others.add(new ContentEntry(version, List.of()));
            }
        }
        fields.remove(OTHERS);
        return new ContentEntry(fields, List.copyOf(others));
    }

    private static String checksum(ObjectNode unsigned) {
        try {
            return Sha256.hex(json.writeValueAsBytes(unsigned));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    byte[] bytes() {
        ObjectNode all = fields.deepCopy();
        if (!others.isEmpty()) {
            ArrayNode versions = all.putArray(OTHERS);
            others.forEach(other -> versions.add(other.fields));
        }
        all.put(CHECKSUM, checksum(all));
        try {
            return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(all);
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

    /** The content that was made from the same source in the same way. */
    Optional<ContentEntry> currentFor(ContentKey<?> key) {
        return versions()
                .filter(version -> version.belongsTo(key) && version.isCurrentFor(key))
                .findFirst();
    }

    private boolean isCurrentFor(ContentKey<?> key) {
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
