package io.agentruntime.testkit.gcs;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An upload that comes in pieces, by the rules of the JSON API for Content-Range. For one thread at a time. */
final class GcsUpload {

    private static final Pattern RANGE = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

    private final GcsRequest start;
    private final JsonNode facts;
    private final Path file;
    private final GcsHashes.Computation hashes = new GcsHashes.Computation();
    private long received;
    private @Nullable GcsReply end;

    GcsUpload(GcsRequest start, Path file) throws IOException {
        this.start = start;
        this.facts = start.json();
        this.file = file;
    }

    /** The request that began it, with its preconditions. */
    GcsRequest start() {
        return start;
    }

    JsonNode facts() {
        return facts;
    }

    String id() {
        return start.bucket() + "/"
                + start.query("name").orElse(facts.path("name").asText());
    }

    /** What it ended with, if it has ended. */
    Optional<GcsReply> end() {
        return Optional.ofNullable(end);
    }

    GcsReply end(GcsReply reply) {
        end = reply;
        return reply;
    }

    /** Takes in a piece, and gives the whole content if it was the last one. */
    Optional<GcsContent> take(GcsRequest piece) throws IOException {
        Matcher range = RANGE.matcher(piece.header("content-range").orElse("bytes */*"));
        if (!range.matches()) {
            throw new IOException("not a range: " + piece.header("content-range"));
        }
        if (range.group(1) != null) {
            append(Long.parseLong(range.group(1)), piece.body());
        }
        boolean whole = range.group(3).equals(Long.toString(received));
        return whole ? Optional.of(content()) : Optional.empty();
    }

    private void append(long from, byte[] bytes) throws IOException {
        if (from > received) {
            throw new IOException("a gap after byte " + received);
        }
        int known = (int) Math.min(received - from, bytes.length); // sent again
        byte[] fresh = Arrays.copyOfRange(bytes, known, bytes.length);
        Files.write(file, fresh, CREATE, APPEND);
        hashes.update(fresh);
        received += bytes.length - known;
    }

    private GcsContent content() throws IOException {
        return received == 0 ? GcsContent.of(new byte[0]) : GcsContent.of(file, hashes.end());
    }

    /** Says how much has arrived. */
    GcsReply more() {
        return GcsReply.empty(308, received == 0 ? Map.of() : Map.of("Range", "bytes=0-" + (received - 1)));
    }
}
