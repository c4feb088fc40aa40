package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The name of a blob: one or more segments, encoded so that no text can leave its folder or collide with another.
 *
 * <p>In a segment the characters {@code a-z A-Z 0-9 _ -} stand for themselves, and so does a dot that is not the first character;
 * every other byte of its UTF-8 form becomes {@code %XX}. A segment that is longer than {@value #MAX_SEGMENT} characters when
 * encoded is cut and ends in {@code ~} and its SHA-256. Immutable and thread-safe; two names are equal if their paths are.
 */
public final class BlobName implements Comparable<BlobName> {

    /** The longest encoded segment, in characters. */
    public static final int MAX_SEGMENT = 200;

    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final Pattern PATH = Pattern.compile("[\\w%~-][\\w.%~-]*(/[\\w%~-][\\w.%~-]*)*");
    private static final int KEPT = MAX_SEGMENT - 65; // room for '~' and 64 hexadecimal digits

    private final String path;

    private BlobName(String path) {
        this.path = path;
    }

    /**
     * Makes a name from texts of any content.
     *
     * @param segments what to encode, from the outermost folder to the blob; at least one, none of them empty
     * @return the name
     * @throws IllegalArgumentException if there is no segment, one is empty, or one is not valid Unicode
     */
    public static BlobName of(String... segments) {
        if (segments.length == 0) {
            throw new IllegalArgumentException("a blob name needs at least one segment");
        }
        return new BlobName(Arrays.stream(segments).map(BlobName::encode).collect(Collectors.joining("/")));
    }

    /**
     * Reads a name back from the path it had.
     *
     * @param path what {@link #path()} returned
     * @return the name
     * @throws IllegalArgumentException if no name has this path
     */
    public static BlobName parse(String path) {
        if (!isPath(requireNonNull(path, "path"))) {
            throw new IllegalArgumentException("not the path of a blob: '" + path + "'");
        }
        return new BlobName(path);
    }

    /**
     * Says whether a path could have come from a name, for stores that list places where others write too.
     *
     * @param path the path to check
     * @return true if {@link #parse} would take it
     */
    public static boolean isPath(String path) {
        return PATH.matcher(path).matches();
    }

    /**
     * Gives the encoded form, safe as a relative file path and as an object name.
     *
     * @return the encoded segments, joined by {@code /}
     */
    public String path() {
        return path;
    }

    /**
     * Makes the name of something inside the folder that this name stands for.
     *
     * @param segment what to encode, not empty
     * @return the longer name
     * @throws IllegalArgumentException if the segment is empty or not valid Unicode
     */
    public BlobName child(String segment) {
        return new BlobName(path + "/" + encode(segment));
    }

    /**
     * Says whether this name lies inside a folder.
     *
     * @param folder the name of the folder
     * @return true if this name has the folder's segments and at least one more
     */
    public boolean isInside(BlobName folder) {
        return path.startsWith(folder.path + "/");
    }

    private static String encode(String segment) {
        requireNonNull(segment, "segment");
        if (segment.isEmpty()) {
            throw new IllegalArgumentException("a segment of a blob name is empty");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(segment)) {
            throw new IllegalArgumentException("a segment of a blob name is not valid Unicode");
        }
        byte[] bytes = segment.getBytes(StandardCharsets.UTF_8);
        StringBuilder encoded = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            appendByte(encoded, b);
        }
        return encoded.length() <= MAX_SEGMENT ? encoded.toString() : shorten(encoded, bytes);
    }

    private static void appendByte(StringBuilder encoded, byte b) {
        char c = (char) (b & 0xff);
        boolean insideDot = c == '.' && !encoded.isEmpty();
        if (insideDot || PLAIN.indexOf(c) >= 0) {
            encoded.append(c);
        } else {
            encoded.append('%').append(HEX.toHexDigits(b));
        }
    }

    private static String shorten(StringBuilder encoded, byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return encoded.substring(0, KEPT) + "~" + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public int compareTo(BlobName other) {
        return path.compareTo(other.path);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlobName name && name.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    @Override
    public String toString() {
        return path;
    }
}
