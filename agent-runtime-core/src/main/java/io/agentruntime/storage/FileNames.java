package io.agentruntime.storage;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Maps names to paths that no file system mixes up, and back.
 *
 * <p>A folder that has capitals ends in {@code =} and a number whose bits say where they are, in base 36; a blob ends in {@code +} and
 * this number, or in {@code +} alone. No name has these characters, so that a blob and a folder of one name get along, and two names
 * that differ in capitals only differ in the number.
 */
final class FileNames {

    private static final String FOLDER = "=";
    private static final String BLOB = "+";
    private static final int RADIX =
            36; // 200 capitals, the most, become 39 digits: 240 characters, and file systems allow 255

    private FileNames() {}

    static Path file(Path root, BlobName name) {
        return resolve(root, name, BLOB);
    }

    static Path folder(Path root, BlobName name) {
        return resolve(root, name, FOLDER);
    }

    private static Path resolve(Path root, BlobName name, String lastMark) {
        String[] segments = name.path().split("/", -1);
        Path path = root;
        for (int i = 0; i < segments.length; i++) {
            path = path.resolve(entry(segments[i], i == segments.length - 1 ? lastMark : FOLDER));
        }
        return path;
    }

    private static String entry(String segment, String mark) {
        BigInteger capitals = capitals(segment);
        boolean plain = capitals.signum() == 0;
        return segment + (plain ? mark.equals(BLOB) ? BLOB : "" : mark + capitals.toString(RADIX));
    }

    private static BigInteger capitals(String segment) {
        BigInteger bits = BigInteger.ZERO;
        for (int i = 0; i < segment.length(); i++) {
            if (Character.isUpperCase(segment.charAt(i))) {
                bits = bits.setBit(i);
            }
        }
        return bits;
    }

    /** Gives the segment of a blob's file, or nothing if this is not the file of a blob. */
    static Optional<String> blob(String entry) {
        return segment(entry, BLOB);
    }

    /** Gives the segment of a folder, or nothing if this is not a folder of blobs. */
    static Optional<String> folder(String entry) {
        return segment(entry, FOLDER);
    }

    private static Optional<String> segment(String entry, String mark) {
        int end = entry.lastIndexOf(mark);
        String segment = end < 0 ? entry : entry.substring(0, end);
        boolean ours = !segment.contains("/") && BlobName.isPath(segment);
        return ours && entry(segment, mark).equals(entry) ? Optional.of(segment) : Optional.empty();
    }
}
