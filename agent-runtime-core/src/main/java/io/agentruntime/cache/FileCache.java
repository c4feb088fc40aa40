package io.agentruntime.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * What was read from files, such as data frames: 50 of them at most, bounded by the bytes of the files, and served only as long as the
 * file has not changed.
 *
 * <p>A look-up reads the size and the times of the file, and nothing of it. If they have changed, or the file was written so shortly
 * before it was read that another change might not show, its content is hashed: only if the hash is another one is it read again. A
 * file that changes while it is read is not kept.
 *
 * <p>The values are handed to everyone of the organisation whose context is open: they must be immutable. Thread-safe. The calls read
 * files: make them on the io pool.
 *
 * @param <V> what is made of a file
 */
public final class FileCache<V> {

    private static final int FILES = 50;
    private static final int REMEMBERED = 1_000;
    private static final long UNIT = 1024; // weights are ints

    private final TieredCache<Path, Known> known;
    private final TieredCache<Version, Read<V>> values;
    private final InstantSource clock;

    /** What was seen of a file the last time. */
    private record Known(FileStamp stamp, String hash, Instant at) {}

    /** A file with a content. */
    private record Version(Path file, String hash, long size) {}

    private record Read<V>(V value, boolean stable) {}

    private FileCache(Executor executor, long maximumBytes, InstantSource clock) {
        if (maximumBytes < 1) {
            throw new IllegalArgumentException("maximumBytes must be 1 or more, is " + maximumBytes);
        }
        long units = Math.max(1, maximumBytes / UNIT / FILES) * FILES;
        this.clock = clock;
        this.known = TieredCache.<Path, Known>builder("file-stamps", Runnable::run)
                .maximumSize(REMEMBERED)
                .build();
        this.values = TieredCache.<Version, Read<V>>builder("files", executor)
                .maximumWeight(units, (version, read) -> weight(version, units))
                .validFor((version, read) -> read.stable ? Duration.ofDays(1) : Duration.ZERO)
                .build();
    }

    /** Each weighs a fiftieth of the bound at least, so that there are never more than fifty. */
    private static int weight(Version version, long units) {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(version.size / UNIT + 1, units / FILES));
    }

    /**
     * Makes a cache.
     *
     * @param <V> what is made of a file
     * @param executor where files are read
     * @param maximumBytes bounds the sizes of the files together; a file that is larger is read, but not kept
     * @param clock tells when a file was looked at; the same calendar as the file system's
     * @return the cache
     * @throws IllegalArgumentException if the bound is less than 1
     */
    public static <V> FileCache<V> create(Executor executor, long maximumBytes, InstantSource clock) {
        return new FileCache<>(executor, maximumBytes, clock);
    }

    /**
     * Gives what was made of a file as it is now.
     *
     * @param file the file
     * @param reader makes something of it, unless that has been done
     * @return the value
     * @throws IOException if the file cannot be looked at
     * @throws CacheLoadException if the reader failed
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public V get(Path file, TieredCache.Loader<? super Path, ? extends V> reader) throws IOException {
        Path path = file.toAbsolutePath().normalize();
        Known now = look(path);
        return values.get(version(path, now), version -> read(path, now.stamp, reader)).value;
    }

    private static Version version(Path path, Known known) {
        return new Version(path, known.hash, known.stamp.size());
    }

    private Known look(Path path) throws IOException {
        Optional<Known> before = known.getIfPresent(path);
        FileStamp stamp = FileStamp.of(path);
        if (before.isPresent() && stamp.equals(before.get().stamp) && stamp.tells(before.get().at)) {
            return before.get();
        }
        Instant at = clock.instant();
        Known now = new Known(stamp, FileStamp.hash(path), at);
        if (before.isPresent() && !before.get().hash.equals(now.hash)) {
            CompletableFuture<Void> unused = values.invalidate(version(path, before.get()));
        }
        CompletableFuture<Void> unused = known.put(path, now);
        return now;
    }

    private Read<V> read(Path path, FileStamp expected, TieredCache.Loader<? super Path, ? extends V> reader)
            throws Exception {
        V value = reader.load(path);
        return new Read<>(value, FileStamp.of(path).equals(expected));
    }

    /** Removes everything of the open context's organisation. */
    public void clear() {
        CompletableFuture<Void> unused = values.clear();
        CompletableFuture<Void> unusedToo = known.clear();
    }

    /**
     * Tells what this cache has seen so far.
     *
     * @return the figures of this moment
     */
    public CacheStatistics statistics() {
        return values.statistics();
    }
}
