package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/**
 * A kind of content that is derived from documents, such as a summary. Immutable and thread-safe.
 *
 * @param <T> the type of the content; written and read as JSON by Jackson, a record is best
 * @param name names the entry's file and its field, one to 64 of {@code a-z 0-9 _ -}
 * @param type the class of the content
 * @param variant whatever else decides the content, such as the model and the version of the prompt; an entry of another variant
 *     is not served
 */
public record ContentKind<T>(String name, Class<T> type, String variant) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}");

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if the name has other characters, or is the name of one of an entry's own fields
     */
    public ContentKind {
        if (!NAME.matcher(name).matches() || ContentEntry.RESERVED.contains(name)) {
            throw new IllegalArgumentException("not a kind of content: '" + name
                    + "', allowed: 1 to 64 of a-z 0-9 _ -, except " + ContentEntry.RESERVED);
        }
        requireNonNull(type, "type");
        requireNonNull(variant, "variant");
    }

    /**
     * Makes a kind without a variant.
     *
     * @param <T> the type of the content
     * @param name its name
     * @param type its class
     * @return the kind
     * @throws IllegalArgumentException if the name is not allowed
     */
    public static <T> ContentKind<T> of(String name, Class<T> type) {
        return new ContentKind<>(name, type, "");
    }

    /**
     * Names what else decides the content.
     *
     * @param newVariant such as {@code "gpt-4o-mini, prompt 3"}
     * @return a copy with that variant
     */
    public ContentKind<T> withVariant(String newVariant) {
        return new ContentKind<>(name, type, newVariant);
    }
}
