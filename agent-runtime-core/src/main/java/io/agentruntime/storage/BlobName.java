package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The name of a blob: one or more segments, encoded so that no text can leave its folder or collide with another.
 *
 * <p>In a segment the characters {@code a-z A-Z 0-9 _ -} stand for themselves, and so does a dot that is neither first nor last;
 * every other byte of its UTF-8 form becomes {@code %XX}, so that no two forms of Unicode are mixed up. The first letter of a name that
 * Windows keeps for devices, such as {@code con} or {@code LPT1.txt}, is encoded too. A segment that is longer than
 * {@value #MAX_SEGMENT} characters when encoded is cut and ends in {@code ~} and its SHA-256.
 *
 * <p>Names that differ in capitals only are different names; a store that cannot tell them apart has to see to it itself. Immutable
 * and thread-safe; two names are equal if their paths are.
 */
public final class BlobName implements Comparable<BlobName> {

    /** The longest encoded segment, in characters. */
    public static final int MAX_SEGMENT = 200;

    /** The longest encoded name, in characters. */
    public static final int MAX_PATH = 900;

    private static final String PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int KEPT = MAX_SEGMENT - 65; // room for '~' and 64 hexadecimal digits
    private static final String DEVICE = "(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\\.|\\z)";
    private static final Pattern RESERVED = Pattern.compile(DEVICE);
    private static final Pattern SEGMENT = Pattern.compile("(?!" + DEVICE + "|\\.)" + "(?:(?:[\\w.-]|%[0-9A-F]{2}){1,"
            + MAX_SEGMENT + "}(?<!\\.)|[\\w.%-]{" + KEPT + "}~[0-9a-f]{64})");

    private final String path;

    private BlobName(String path) {
        this.path = path;
    }

    /**
     * Makes a name from texts of any content.
     *
     * @param segments what to encode, from the outermost folder to the blob; at least one, none of them empty
     * @return the name
     * @throws IllegalArgumentException if there is no segment, one is empty, one is not valid Unicode, or they are too long together
     */
    public static BlobName of(String... segments) {
        if (segments.length == 0) {
            throw new IllegalArgumentException("a blob name needs at least one segment");
        }
        return checked(Arrays.stream(segments).map(BlobName::encode).collect(Collectors.joining("/")));
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
        return path.length() <= MAX_PATH
                && Arrays.stream(path.split("/", -1))
                        .allMatch(segment -> segment.length() <= MAX_SEGMENT
                                && SEGMENT.matcher(segment).matches());
    }

    private static BlobName checked(String path) {
        if (path.length() > MAX_PATH) {
            throw new IllegalArgumentException("a blob name of " + path.length() + " characters when encoded (allowed: "
                    + MAX_PATH + " or fewer): '" + path.substring(0, MAX_SEGMENT) + "…'");
        }
        return new BlobName(path);
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
     * @throws IllegalArgumentException if the segment is empty or not valid Unicode, or the name gets too long
     */
    public BlobName child(String segment) {
        return checked(path + "/" + encode(segment));
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
        boolean device = RESERVED.matcher(segment).lookingAt();
        StringBuilder encoded = new StringBuilder(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            boolean edge = i == 0 || i == bytes.length - 1;
            appendByte(encoded, bytes[i], !(edge && bytes[i] == '.') && !(device && i == 0));
        }
        return encoded.length() <= MAX_SEGMENT ? encoded.toString() : shorten(encoded, bytes);
    }

    private static void appendByte(StringBuilder encoded, byte b, boolean mayBePlain) {
        char c = (char) (b & 0xff);
        if (mayBePlain && (c == '.' || PLAIN.indexOf(c) >= 0)) {
            encoded.append(c);
        } else {
            encoded.append('%').append(HEX.toHexDigits(b));
        }
    }

    private static String shorten(StringBuilder encoded, byte[] bytes) {
        byte[] hash = BlobDigest.newSha256().digest(bytes);
        return encoded.substring(0, KEPT) + "~" + HexFormat.of().formatHex(hash);
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
