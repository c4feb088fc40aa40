package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Gather;
import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.Precondition;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was derived from documents, at {@code <organisation>/generated/<document>/<kind>.json} in a {@link BlobStore}, and
 * serves it as long as the source is the same.
 *
 * <p>An entry is served only if it is whole, belongs to the organisation of the open {@link
 * io.agentruntime.context.UsageContext}, and was made from a source with the same SHA-256 in the same variant. Anything else is a
 * miss, counted by reason; the next save repairs it. A storage that fails is a miss too.
 *
 * <p>An entry keeps what was made of the last four versions of the document, or variants, that were stored: hosts that do not have the
 * same version at the same time push nobody's out, whoever stores last. What {@link #erase} removed does not come back
 * by a computation of this cache that began before.
 *
 * <p>Thread-safe. The calls block on the storage: make them on the io pool.
 */
public final class ContentCache {

    private static final Logger log = LoggerFactory.getLogger(ContentCache.class);

    private static final int MAX_ATTEMPTS = 20; // to store beside what others store

    private final BlobStore store;
    private final InstantSource clock;
    private final Savings savings = new Savings();

    /** Only lets those who compute the same share it: what is kept is kept in the store. */
    private final TieredCache<ContentKey<?>, Content<?>> computations = TieredCache.<ContentKey<?>, Content<?>>builder(
                    "content", Runnable::run)
            .validFor((key, content) -> Duration.ZERO)
            .build();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder corrupt = new LongAdder();
    private final LongAdder failures = new LongAdder();

    private ContentCache(BlobStore store, InstantSource clock) {
        this.store = requireNonNull(store, "store");
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Makes a cache.
     *
     * @param store where the entries are kept
     * @param clock where the time of storage comes from
     * @return the cache
     */
    public static ContentCache create(BlobStore store, InstantSource clock) {
        return new ContentCache(store, clock);
    }

    /**
     * Looks a content up.
     *
     * @param <T> the type of the content
     * @param source the document as it is now
     * @param kind what to look for
     * @return the content, or empty if there is none that may be served
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public <T> Optional<Content<T>> find(ContentSource source, ContentKind<T> kind) {
        ContentKey<T> key = ContentKey.of(source, kind);
        try {
            Optional<byte[]> stored = store.get(key.blob());
            if (stored.isEmpty()) {
                misses.increment();
            }
            return stored.flatMap(bytes -> read(key, bytes));
        } catch (StorageException e) {
            warnSparsely(failures, "cannot look up " + key.blob() + ": counted as a miss", e);
            return Optional.empty();
        }
    }

    private <T> Optional<Content<T>> read(ContentKey<T> key, byte[] stored) {
        try {
            ContentEntry entry = ContentEntry.read(stored);
            if (!entry.belongsTo(key)) {
                throw new IOException("it belongs to another place");
            }
            Optional<ContentEntry> current = entry.currentFor(key);
            if (current.isEmpty()) {
                stale.increment();
                return Optional.empty();
            }
            Content<T> content = current.get().content(key.kind());
            hits.increment();
            return Optional.of(content);
        } catch (IOException e) {
            warnSparsely(corrupt, "the entry " + key.blob() + " is not usable: counted as a miss", e);
            return Optional.empty();
        }
    }

    /**
     * Looks several contents of a document up at the same time. One that fails, is rejected or is not there when the deadline of the
     * look-ups passes is a miss of its own.
     *
     * @param lookups runs them, best on the io workload and with a deadline
     * @param source the document as it is now
     * @param kinds what to look for
     * @return what was found; fails only if it is cancelled, which ends the look-ups
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public CompletableFuture<Found> findAll(Gather lookups, ContentSource source, ContentKind<?>... kinds) {
        List<ContentKind<?>> all = List.of(kinds);
        all.forEach(kind -> ContentKey.of(source, kind)); // whatever is wrong is the caller's
        List<Callable<Optional<? extends Content<?>>>> branches = new ArrayList<>();
        all.forEach(kind -> branches.add(() -> find(source, kind)));
        return lookups.settled(branches).thenApply(outcomes -> found(all, outcomes));
    }

    private Found found(List<ContentKind<?>> kinds, List<Gather.Outcome<Optional<? extends Content<?>>>> outcomes) {
        Map<ContentKind<?>, Content<?>> contents = new HashMap<>();
        for (int i = 0; i < kinds.size(); i++) {
            ContentKind<?> kind = kinds.get(i);
            if (outcomes.get(i) instanceof Gather.Success<Optional<? extends Content<?>>> success) {
                success.value().ifPresent(content -> contents.put(kind, content));
            } else if (outcomes.get(i) instanceof Gather.Failure<Optional<? extends Content<?>>> failure) {
                warnSparsely(failures, "cannot look up a " + kind.name() + ": counted as a miss", failure.cause());
            }
        }
        return new Found(contents);
    }

    /**
     * Stores a content, in place of the one from the same source in the same variant.
     *
     * @param <T> the type of the content
     * @param source the document that it was made from
     * @param kind what it is
     * @param value the content
     * @return the content as stored
     * @throws StorageException if it could not be stored
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public <T> Content<T> save(ContentSource source, ContentKind<T> kind, T value) {
        return save(ContentKey.of(source, kind), requireNonNull(value, "value"));
    }

    /** Stores it if nobody else has changed the place meanwhile, or in any case. */
    private <T> boolean isStored(ContentKey<T> key, Content<T> content, boolean politely) {
        BlobName blob = key.blob();
        PutOptions options = PutOptions.forName(blob);
        try {
            if (!politely) {
                store.put(blob, ContentEntry.of(key, content, null).bytes());
                return true;
            }
            Before before = before(blob);
            byte[] bytes = ContentEntry.of(key, content, before.entry).bytes();
            BlobInfo unused = store.put(blob, bytes, options.on(before.unchanged));
            return true;
        } catch (StorageException e) {
            if (e.reason() == StorageException.Reason.PRECONDITION_FAILED) {
                return false;
            }
            throw e;
        }
    }

    /** What a place has, as far as it can be read, and the condition that it is still so. */
    private record Before(@Nullable ContentEntry entry, Precondition unchanged) {}

    private Before before(BlobName blob) {
        Precondition unchanged = Precondition.none();
        try {
            Optional<BlobStream> stored = store.open(blob);
            if (stored.isEmpty()) {
                return new Before(null, Precondition.ifAbsent());
            }
            try (BlobStream stream = stored.get()) {
                unchanged = Precondition.ifVersion(stream.info().version());
                return new Before(ContentEntry.read(stream.readAllBytes()), unchanged);
            }
        } catch (IOException e) {
            log.debug("what is not usable is replaced", e); // and counted by whoever looks it up
        } catch (StorageException e) {
            if (e.reason() != StorageException.Reason.CORRUPT) {
                throw e;
            }
            log.debug("what is damaged is replaced", e);
        }
        return new Before(null, unchanged);
    }

    private <T> Content<T> save(ContentKey<T> key, T value) {
        Content<T> content = new Content<>(value, false, clock.instant());
        try {
            int attempts = 1;
            while (!isStored(key, content, attempts < MAX_ATTEMPTS)) {
                attempts++;
            }
            return content;
        } catch (StorageException e) {
            warnSparsely(failures, "cannot store " + key.blob(), e);
            throw e;
        }
    }

    /** Counts, and warns at the first, second, fourth, eighth, … time: a broken store must not flood the log. */
    private static void warnSparsely(LongAdder counter, String what, Throwable e) {
        counter.increment();
        long count = counter.sum();
        if (Long.bitCount(count) == 1) {
            // the class only: a parser's message may quote the content
            log.warn("{} ({}, {} so far)", what, e.getClass().getSimpleName(), count);
        }
    }

    /**
     * Looks a content up, or computes and stores it. Those who ask for the same at the same time share one computation, and its
     * failure. A storage that fails costs only the computation: the content is returned all the same.
     *
     * @param <T> the type of the content
     * @param source the document as it is now
     * @param kind what to look for
     * @param compute makes the content if it is not there; runs on the calling thread, unless another one is at it
     * @return the content
     * @throws Exception what the computation throws; nothing is stored then
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public <T> Content<T> get(ContentSource source, ContentKind<T> kind, Callable<? extends T> compute)
            throws Exception {
        ContentKey<T> key = ContentKey.of(source, kind);
        try {
            Content<?> content = computations.get(key, k -> findOrCompute(key, compute));
            return new Content<>(kind.type().cast(content.value()), content.cached(), content.storedAt());
        } catch (CacheLoadException e) {
            throw e.getCause() instanceof Exception failure ? failure : e;
        }
    }

    private <T> Content<T> findOrCompute(ContentKey<T> key, Callable<? extends T> compute) throws Exception {
        Optional<Content<T>> found = find(key.source(), key.kind());
        if (found.isPresent()) {
            return found.get();
        }
        Savings.Saving saving = savings.begin(key);
        try {
            T value = compute.call();
            return keep(key, saving, value);
        } finally {
            savings.end(saving);
        }
    }

    private <T> Content<T> keep(ContentKey<T> key, Savings.Saving saving, T value) {
        try {
            Content<T> content = saving.isErased() ? new Content<>(value, false, clock.instant()) : save(key, value);
            if (saving.isErased()) { // between the question and the save: whoever erased may not have seen the entry
                unsave(key);
            }
            return content;
        } catch (StorageException e) {
            log.debug("a computed content was not kept", e); // counted, and said, where the save failed
            return new Content<>(value, false, clock.instant());
        }
    }

    private void unsave(ContentKey<?> key) {
        try {
            boolean unused = store.delete(key.blob());
        } catch (StorageException e) {
            warnSparsely(failures, "cannot remove " + key.blob() + ", which was erased while it was computed", e);
        }
    }

    /**
     * Removes everything that was derived from a document of the open context's organisation.
     *
     * @param document the name of the document
     * @return how many entries were removed
     * @throws StorageException if the storage failed; some entries may be left then
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public int erase(String document) {
        return erase(ContentKey.folder(document), document);
    }

    /**
     * Removes everything that was derived for the open context's organisation.
     *
     * @return how many entries were removed
     * @throws StorageException if the storage failed; some entries may be left then
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public int eraseOrganisation() {
        return erase(ContentKey.folder(), null);
    }

    private int erase(BlobName folder, @Nullable String document) {
        savings.erase(UsageContext.required().organisation(), document);
        CompletableFuture<Void> unused = computations.clear(); // so that whoever asks from now on begins anew
        try (Stream<BlobName> entries = store.list(folder)) {
            return (int) entries.filter(store::delete).count();
        }
    }

    /**
     * What {@link #findAll} has found. Immutable and thread-safe.
     *
     * @param contents the contents that may be served, by their kind
     */
    public record Found(Map<ContentKind<?>, Content<?>> contents) {

        /** Copies the map. */
        public Found {
            contents = Map.copyOf(contents);
        }

        /**
         * Gives the content of a kind.
         *
         * @param <T> the type of the content
         * @param kind the kind, as it was looked for
         * @return the content, or empty if there is none that may be served
         */
        public <T> Optional<Content<T>> get(ContentKind<T> kind) {
            return Optional.ofNullable(contents.get(kind))
                    .map(c -> new Content<>(kind.type().cast(c.value()), c.cached(), c.storedAt()));
        }
    }

    /**
     * Tells what this cache has seen so far.
     *
     * @return the figures of this moment
     */
    public Statistics statistics() {
        return new Statistics(hits.sum(), misses.sum(), stale.sum(), corrupt.sum(), failures.sum());
    }

    /**
     * What a {@link ContentCache} has seen so far. Immutable and thread-safe.
     *
     * @param hits look-ups that were served
     * @param misses look-ups that found no entry
     * @param stale look-ups that found an entry of another content or variant
     * @param corrupt look-ups that found a damaged or foreign entry
     * @param failures look-ups and saves that the storage failed
     */
    public record Statistics(long hits, long misses, long stale, long corrupt, long failures) {}
}
