package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;

/**
 * The bytes of one version of a blob, which are compared with its size and its checksums as they pass. Close it.
 *
 * <p>What is not as it was written is noticed at the latest when the end is read: the read that would have returned -1 then throws a
 * {@link StorageException}. Who acts on the bytes before the end acts on bytes that nobody has vouched for. Not thread-safe.
 */
public final class BlobStream extends InputStream {

    private static final int MOST = Integer.MAX_VALUE - 8; // as much as an array can hold

    private final BlobInfo info;
    private final InputStream source;
    private final String where;
    private final BlobDigest digest = new BlobDigest();
    private boolean verified;

    /**
     * Makes a stream, for those who write stores.
     *
     * @param info what the bytes must be
     * @param source where the bytes come from; closed with this stream
     * @param where how messages name the blob and its store
     */
    public BlobStream(BlobInfo info, InputStream source, String where) {
        this.info = requireNonNull(info, "info");
        this.source = requireNonNull(source, "source");
        this.where = requireNonNull(where, "where");
    }

    /**
     * Tells what is known of the blob.
     *
     * @return the facts of the version that is read here
     */
    public BlobInfo info() {
        return info;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Throws a {@link StorageException} in place of the end, or as soon as there are too many bytes, if they are not the blob's. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0 || verified) {
            return length == 0 ? 0 : -1;
        }
        int count = source.read(target, offset, length);
        if (count < 0) {
            verify();
            return -1;
        }
        digest.update(target, offset, count);
        if (digest.size() > info.size()) {
            throw corrupt(digest.size() + " bytes or more arrived of " + info.size());
        }
        return count;
    }

    private void verify() {
        if (digest.size() != info.size()) {
            throw corrupt(digest.size() + " bytes arrived of " + info.size());
        }
        if (!digest.matches(info)) {
            throw corrupt("the checksum is not that of what was stored");
        }
        verified = true;
    }

    private StorageException corrupt(String why) {
        return new StorageException(
                StorageException.Reason.CORRUPT, "cannot read " + where + ": corrupt, " + why, null);
    }

    /**
     * Reads the whole blob, with one array of its size.
     *
     * @return its bytes, which are what was written
     * @throws StorageException if they are not, or are more than an array can hold
     */
    @Override
    public byte[] readAllBytes() throws IOException {
        if (digest.size() > 0) {
            return super.readAllBytes();
        }
        if (info.size() > MOST) {
            throw new StorageException(
                    StorageException.Reason.INVALID,
                    "cannot read " + where + " into memory: it has " + info.size() + " bytes (allowed: " + MOST
                            + "); open it as a stream",
                    null);
        }
        byte[] content = new byte[(int) info.size()];
        int length = readNBytes(content, 0, content.length);
        if (length == content.length && read() < 0) {
            return content;
        }
        throw corrupt(length + " bytes arrived of " + info.size());
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
