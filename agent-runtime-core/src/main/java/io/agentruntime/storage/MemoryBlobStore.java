package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** Keeps blobs in memory, copied on the way in and on the way out. */
final class MemoryBlobStore implements BlobStore {

    private final ReentrantLock changes = new ReentrantLock(); // a condition and its change are one step
    private final ConcurrentSkipListMap<BlobName, Stored> blobs = new ConcurrentSkipListMap<>();
    private long lastVersion;

    private static final class Stored {
        private final BlobInfo info;
        private final byte[] content;

        Stored(BlobInfo info, byte[] content) {
            this.info = info;
            this.content = content;
        }

        BlobInfo info() {
            return info;
        }

        InputStream bytes() {
            return new ByteArrayInputStream(content);
        }

        byte[] copy(long offset, long length) {
            int from = (int) Math.min(offset, content.length);
            return Arrays.copyOfRange(content, from, (int) Math.min(from + length, content.length));
        }
    }

    @Override
    public BlobInfo put(BlobName name, byte[] content, PutOptions options) {
        return store(
                requireNonNull(name, "name"), requireNonNull(content, "content").clone(), options);
    }

    @Override
    public BlobInfo put(BlobName name, InputStream content, PutOptions options) {
        requireNonNull(name, "name");
        try {
            return store(name, content.readAllBytes(), options);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the content of '" + name + "'", e);
        }
    }

    private BlobInfo store(BlobName name, byte[] content, PutOptions options) {
        BlobDigest digest = BlobDigest.of(content);
        changes.lock();
        try {
            check(name, options.precondition());
            BlobInfo info = new BlobInfo(
                    name,
                    options.contentType(),
                    options.metadata(),
                    digest.size(),
                    digest.crc32c(),
                    digest.sha256(),
                    Long.toString(++lastVersion),
                    Instant.now());
            blobs.put(name, new Stored(info, content));
            return info;
        } finally {
            changes.unlock();
        }
    }

    private void check(BlobName name, Precondition precondition) {
        Stored current = blobs.get(name);
        String version = current == null ? null : current.info().version();
        if (!precondition.holds(version)) {
            throw Failures.refused(name.path(), this, precondition, version);
        }
    }

    @Override
    public Optional<byte[]> get(BlobName name) {
        return stored(name).map(stored -> stored.copy(0, stored.info().size()));
    }

    @Override
    public Optional<BlobStream> open(BlobName name) {
        return stored(name).map(stored -> new BlobStream(stored.info(), stored.bytes(), "'" + name + "' in " + this));
    }

    @Override
    public Optional<byte[]> range(BlobName name, long offset, int length) {
        Failures.checkRange(offset, length);
        return stored(name).map(stored -> stored.copy(offset, length));
    }

    @Override
    public Optional<BlobInfo> head(BlobName name) {
        return stored(name).map(Stored::info);
    }

    private Optional<Stored> stored(BlobName name) {
        return Optional.ofNullable(blobs.get(requireNonNull(name, "name")));
    }

    @Override
    public boolean delete(BlobName name) {
        return delete(name, Precondition.none());
    }

    @Override
    public boolean delete(BlobName name, String version) {
        return delete(name, Precondition.ifVersion(version));
    }

    private boolean delete(BlobName name, Precondition precondition) {
        requireNonNull(name, "name");
        changes.lock();
        try {
            if (blobs.containsKey(name)) {
                check(name, precondition);
            }
            return blobs.remove(name) != null;
        } finally {
            changes.unlock();
        }
    }

    @Override
    public Stream<BlobName> list() {
        return blobs.keySet().stream();
    }

    @Override
    public Stream<BlobName> list(BlobName folder) {
        return blobs.tailMap(requireNonNull(folder, "folder"), false).keySet().stream()
                .dropWhile(name -> !name.isInside(folder)) // what begins like the folder, and sorts before its blobs
                .takeWhile(name -> name.isInside(folder));
    }

    @Override
    public String toString() {
        return "memory";
    }
}
