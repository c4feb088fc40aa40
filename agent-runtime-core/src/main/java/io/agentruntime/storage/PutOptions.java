package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * How a blob is stored. Immutable and thread-safe.
 *
 * <p>Keys of the metadata are 1 to {@value #MAX_KEY} of {@code a-z}, {@code 0-9}, {@code -} and {@code _}, and begin neither with a dash nor
 * with {@value #RESERVED}; keys and values have {@value #MAX_METADATA} characters together at most; a value has no control characters.
 * All stores keep this, so that a blob may move from one to another.
 *
 * @param contentType the media type, such as {@code application/json}
 * @param metadata what else is to be known of the blob, without its bytes being read
 * @param precondition what must be true for the blob to be stored
 */
public record PutOptions(String contentType, Map<String, String> metadata, Precondition precondition) {

    /** The most characters of a key of the metadata. */
    public static final int MAX_KEY = 64;

    /** The most characters of all keys and values of the metadata together. */
    public static final int MAX_METADATA = 4_096;

    /** What no key of the metadata begins with: stores keep what they need themselves under such keys. */
    public static final String RESERVED = "agentruntime-";

    private static final String BYTES = "application/octet-stream";
    private static final Pattern CONTENT_TYPE = Pattern.compile("[\\w.+-]+/[\\w.+-]+(; ?[ -~]+)?");
    private static final Pattern KEY = Pattern.compile("[a-z0-9_][a-z0-9_-]{0," + (MAX_KEY - 1) + "}");
    private static final Pattern VALUE = Pattern.compile("\\P{Cntrl}*", Pattern.UNICODE_CHARACTER_CLASS);

    /** Checks the values and copies the metadata. */
    public PutOptions {
        if (!CONTENT_TYPE.matcher(requireNonNull(contentType, "contentType")).matches()) {
            throw new IllegalArgumentException("not a content type: '" + contentType + "' (allowed: type/subtype)");
        }
        metadata = Map.copyOf(metadata);
        metadata.forEach(PutOptions::check);
        int length = metadata.entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
        if (length > MAX_METADATA) {
            throw new IllegalArgumentException(
                    "metadata of " + length + " characters (allowed: " + MAX_METADATA + " or fewer)");
        }
        requireNonNull(precondition, "precondition");
    }

    private static void check(String key, String value) {
        if (!KEY.matcher(key).matches() || key.startsWith(RESERVED)) {
            throw new IllegalArgumentException("not a key of metadata: '" + key + "' (allowed: 1 to " + MAX_KEY
                    + " of a-z, 0-9, '-' and '_', beginning neither with '-' nor with '" + RESERVED + "')");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("the metadata '" + key + "' has a control character (allowed: none)");
        }
    }

    /**
     * Stores a blob of a type, whatever was there before.
     *
     * @param contentType the media type
     * @return options without metadata and without a condition
     * @throws IllegalArgumentException if it is not a media type
     */
    public static PutOptions of(String contentType) {
        return new PutOptions(contentType, Map.of(), Precondition.none());
    }

    /**
     * Stores a blob as its name says: JSON if it ends in {@code .json}, any bytes else.
     *
     * @param name the name of the blob
     * @return options without metadata and without a condition
     */
    public static PutOptions forName(BlobName name) {
        return of(requireNonNull(name, "name").path().endsWith(".json") ? "application/json" : BYTES);
    }

    /**
     * Gives the blob other metadata.
     *
     * @param newMetadata in place of the metadata so far
     * @return the same options with this metadata
     * @throws IllegalArgumentException if a key or a value is not allowed
     */
    public PutOptions withMetadata(Map<String, String> newMetadata) {
        return new PutOptions(contentType, newMetadata, precondition);
    }

    /**
     * Stores the blob only under a condition.
     *
     * @param newPrecondition in place of the condition so far
     * @return the same options with this condition
     */
    public PutOptions on(Precondition newPrecondition) {
        return new PutOptions(contentType, metadata, newPrecondition);
    }

    /**
     * Stores the blob only if there is none of its name.
     *
     * @return the same options with this condition
     */
    public PutOptions ifAbsent() {
        return on(Precondition.ifAbsent());
    }

    /**
     * Stores the blob only in place of one version.
     *
     * @param version what {@link BlobInfo#version} said
     * @return the same options with this condition
     * @throws IllegalArgumentException if the version is empty
     */
    public PutOptions ifVersion(String version) {
        return on(Precondition.ifVersion(version));
    }
}
