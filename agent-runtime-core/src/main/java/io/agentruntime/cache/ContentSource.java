package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;

/**
 * A document as it is now: its name and the hash of its content. Immutable and thread-safe.
 *
 * @param document the name of the document within its organisation, of any characters, not empty
 * @param hash the SHA-256 of the content, in hexadecimal digits
 */
public record ContentSource(String document, String hash) {

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if the document's name is empty, or the hash is not 64 hexadecimal digits
     */
    public ContentSource {
        if (requireNonNull(document, "document").isEmpty()) {
            throw new IllegalArgumentException("the document's name is empty");
        }
        if (!hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal digits: '" + hash + "'");
        }
    }

    /**
     * Hashes a content of bytes.
     *
     * @param document the name of the document
     * @param content its content
     * @return the document as it is now
     * @throws IllegalArgumentException if the document's name is empty
     */
    public static ContentSource of(String document, byte[] content) {
        return new ContentSource(document, Sha256.hex(content));
    }

    /**
     * Hashes a content of text, in UTF-8.
     *
     * @param document the name of the document
     * @param content its content
     * @return the document as it is now
     * @throws IllegalArgumentException if the document's name is empty
     */
    public static ContentSource of(String document, String content) {
        return of(document, content.getBytes(StandardCharsets.UTF_8));
    }
}
