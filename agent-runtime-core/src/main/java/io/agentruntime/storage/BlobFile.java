package io.agentruntime.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;

/**
 * The format of a blob's file: the bytes of the blob; an empty line; what is known of the blob, as one line of JSON; and a last line of
 * {@value #END} bytes with the length and the CRC-32C of the JSON, and a mark.
 *
 * <p>The facts come last because size and checksums are known only then; all of it is written front to back, once. They hold the name,
 * so that a file in another's place is noticed.
 */
final class BlobFile {

    private static final String MARK = "arblob1\n";
    private static final int END = 24; // 8 digits each of length and checksum, and the mark
    private static final int MAX_FACTS = 64 * 1024;
    private static final int CHUNK = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private BlobFile() {}

    /** Writes a blob to an empty file; the version is a new one. */
    static BlobInfo write(FileChannel file, BlobName name, InputStream content, PutOptions options) throws IOException {
        BlobDigest digest = new BlobDigest();
        byte[] chunk = new byte[CHUNK];
        for (int length = next(content, chunk, name); length >= 0; length = next(content, chunk, name)) {
            digest.update(chunk, 0, length);
            writeFully(file, ByteBuffer.wrap(chunk, 0, length));
        }
        BlobInfo info = new BlobInfo(
                name,
                options.contentType(),
                options.metadata(),
                digest.size(),
                digest.crc32c(),
                digest.sha256(),
                UUID.randomUUID().toString(),
                Instant.now());
        writeFully(file, ByteBuffer.wrap(tail(info)));
        return info;
    }

    private static int next(InputStream content, byte[] chunk, BlobName name) {
        try {
            return content.read(chunk);
        } catch (IOException e) { // the caller's, and no failure of the storage
            throw new UncheckedIOException("cannot read the content of '" + name + "'", e);
        }
    }

    private static void writeFully(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    private static byte[] tail(BlobInfo info) throws IOException {
        ObjectNode facts = JSON.createObjectNode()
                .put("name", info.name().path())
                .put("contentType", info.contentType())
                .put("size", info.size())
                .put("crc32c", info.crc32c())
                .put("sha256", info.sha256())
                .put("version", info.version())
                .put("updated", info.updated().toString());
        info.metadata().forEach(facts.putObject("metadata")::put);
        byte[] json = JSON.writeValueAsBytes(facts);
        String end =
                HexFormat.of().toHexDigits(json.length) + BlobDigest.of(json).crc32c() + MARK;
        return ByteBuffer.allocate(json.length + 2 + END)
                .put((byte) '\n')
                .put(json)
                .put((byte) '\n')
                .put(end.getBytes(US_ASCII))
                .array();
    }

    /** Reads what is known of the blob in a file. */
    static BlobInfo info(FileChannel file, BlobName name) throws IOException, DamagedException {
        long length = file.size();
        String end = new String(read(file, length - END, END), US_ASCII);
        if (!end.endsWith(MARK)) {
            throw new DamagedException("the end of the file is missing");
        }
        byte[] json = facts(file, length - END - 1, end);
        BlobInfo info = parse(json, name);
        if (info.size() != length - END - json.length - 2) {
            throw new DamagedException("the file has not the length that it says");
        }
        return info;
    }

    private static byte[] facts(FileChannel file, long end, String check) throws IOException, DamagedException {
        int length = number(check.substring(0, 8));
        if (length > MAX_FACTS) {
            throw new DamagedException("the end of the file is not what was written");
        }
        byte[] json = read(file, end - length, length);
        if (!BlobDigest.of(json).crc32c().equals(check.substring(8, 16))) {
            throw new DamagedException("the end of the file is not what was written");
        }
        return json;
    }

    private static int number(String hex) throws DamagedException {
        try {
            return HexFormat.fromHexDigits(hex) & Integer.MAX_VALUE;
        } catch (IllegalArgumentException e) {
            throw new DamagedException("the end of the file is not what was written");
        }
    }

    private static BlobInfo parse(byte[] json, BlobName name) throws IOException, DamagedException {
        JsonNode facts = JSON.readTree(json);
        if (!facts.path("name").asText().equals(name.path())) {
            throw new DamagedException("it is another blob's file");
        }
        Map<String, String> metadata = JSON.convertValue(facts.get("metadata"), new TypeReference<>() {});
        return new BlobInfo(
                name,
                facts.get("contentType").asText(),
                metadata,
                facts.get("size").asLong(),
                facts.get("crc32c").asText(),
                facts.get("sha256").asText(),
                facts.get("version").asText(),
                Instant.parse(facts.get("updated").asText()));
    }

    /** Reads a part of a file, all of it. */
    static byte[] read(FileChannel file, long offset, int length) throws IOException, DamagedException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int count = 0; offset >= 0 && bytes.hasRemaining() && count >= 0; ) {
            count = file.read(bytes, offset + bytes.position());
        }
        if (bytes.hasRemaining()) {
            throw new DamagedException("the file is too short");
        }
        return bytes.array();
    }

    /** Says that a file is not as it was written; its message says how that shows. */
    static final class DamagedException extends Exception {

        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }
}
