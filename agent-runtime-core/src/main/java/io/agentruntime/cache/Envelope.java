package io.agentruntime.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The stored form of an entry: format, seal over all that follows, whose and which it is, when it was written by whom, until when it
 * is fresh, its tags, and the value.
 */
final class Envelope {

    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    private static final byte[] FORMAT = {'A', 'R', 'C', 1};
    private static final int BODY = FORMAT.length + Seal.LENGTH;

    final Address address;
    final Stamp stamp;
    final long freshUntil;
    final Set<String> tags;
    final byte[] value;

    /**
     * When an entry's making began: the count of invalidations that one cache in one process had seen by then.
     *
     * @param instance a random number of that cache
     * @param generation how many
     */
    record Stamp(long instance, long generation) {}

    Envelope(Address address, Stamp stamp, long freshUntil, Content content) {
        this.address = address;
        this.stamp = stamp;
        this.freshUntil = freshUntil;
        this.tags = content.tags;
        this.value = content.value;
    }

    /** What is in it. */
    static final class Content {
        final byte[] value;
        final Set<String> tags;

        Content(byte[] value, Set<String> tags) {
            this.value = value;
            this.tags = tags;
        }
    }

    Content content() {
        return new Content(value, tags);
    }

    byte[] sealed(Seal seal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(BODY + 256 + value.length);
        try {
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(FORMAT);
            out.write(new byte[Seal.LENGTH]);
            writeBody(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written", e);
        }
        byte[] entry = bytes.toByteArray();
        System.arraycopy(seal.of(entry, BODY), 0, entry, FORMAT.length, Seal.LENGTH);
        return entry;
    }

    private void writeBody(DataOutputStream out) throws IOException {
        write(out, address.cache());
        write(out, address.tenant());
        write(out, address.key());
        out.writeLong(stamp.instance);
        out.writeLong(stamp.generation);
        out.writeLong(freshUntil);
        out.writeInt(tags.size());
        for (String tag : tags) {
            write(out, tag);
        }
        out.writeInt(value.length);
        out.write(value);
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Reads an entry, and throws if it is not as it was written, or not of this address. */
    static Envelope open(byte[] entry, Address address, Seal seal) throws IOException {
        Envelope envelope = open(entry, address.path(), seal);
        if (!envelope.address.equals(address)) {
            throw new IOException("it belongs to another place");
        }
        return envelope;
    }

    /** Reads an entry that may be of any owner, and throws if it is not as it was written. */
    static Envelope open(byte[] entry, String path, Seal seal) throws IOException {
        if (entry.length < BODY || !Arrays.equals(entry, 0, FORMAT.length, FORMAT, 0, FORMAT.length)) {
            throw new IOException("it has another format");
        }
        byte[] found = Arrays.copyOfRange(entry, FORMAT.length, BODY);
        if (!MessageDigest.isEqual(found, seal.of(entry, BODY))) {
            throw new IOException("its seal is broken");
        }
        return readBody(new DataInputStream(new ByteArrayInputStream(entry, BODY, entry.length - BODY)), path);
    }

    private static Envelope readBody(DataInputStream in, String path) throws IOException {
        Address address = new Address(read(in), read(in), read(in), path);
        Stamp stamp = new Stamp(in.readLong(), in.readLong());
        long freshUntil = in.readLong();
        Set<String> tags = new HashSet<>();
        for (int count = in.readInt(); count > 0; count--) {
            tags.add(read(in));
        }
        return new Envelope(address, stamp, freshUntil, new Content(bytes(in), Set.copyOf(tags)));
    }

    private static String read(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }
}
