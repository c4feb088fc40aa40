package io.agentruntime.cache;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.cache.CacheListener.Kind;
import io.agentruntime.cache.CacheSettings.Times;
import io.agentruntime.cache.Lanes.Lane;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CacheTier} with its faults contained: what it damages, mixes up, forgets, delays or throws is a miss.
 *
 * <p>What is to be stored or removed is first noted, in the step that makes it true for the memory, and told to the tier afterwards.
 * Reads look at the notes first: so the cache is never behind its own word, however long the tier takes to hear it.
 */
final class LowerTier {

    private static final int FAILURES_TO_OPEN = 3;
    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int MAX_ENTRIES = 1_000; // that wait to be stored, with their contents
    private static final int MAX_REMOVALS = 10_000; // that wait, of which only the keys are kept

    private static final CompletableFuture<Void> TOLD = CompletableFuture.completedFuture(null);

    private final CacheTier tier;
    private final long timeToLive;
    private final @Nullable Duration timeout;
    private final boolean claims;
    private final Place place;
    private final TierCalls calls;
    private final Circuit circuit = new Circuit(FAILURES_TO_OPEN, PAUSE_NANOS);
    private final Lanes lanes = new Lanes();
    private final CopyOnWriteArrayList<Sweep> sweeps = new CopyOnWriteArrayList<>();
    private final List<Sweep> untold =
            new CopyOnWriteArrayList<>(); // those whose notes have been removed, until the tier knows
    private final AtomicBoolean retryWanted = new AtomicBoolean();
    private final TierFigures figures;

    /** What the tiers of a cache share. */
    record Place(
            String cache,
            Executor executor,
            @Nullable ScheduledExecutorService timer,
            Ticker ticker,
            Seal seal,
            Reporter reporter) {}

    /** What a host says of a tier. */
    record Use(
            CacheTier tier,
            @Nullable Duration timeToLive,
            @Nullable Duration timeout,
            boolean claims) {

        /** The same where computations are claimed. */
        Use claimed() {
            return new Use(tier, timeToLive, timeout, true);
        }
    }

    LowerTier(Use use, Place place) {
        this.tier = use.tier;
        this.timeToLive = use.timeToLive == null ? Times.ENDLESS : Times.nanos(use.timeToLive);
        this.timeout = use.timeout;
        this.claims = use.claims;
        this.place = place;
        this.calls = new TierCalls(timeout, place.executor, place.timer);
        this.figures = new TierFigures(place.cache, tier.name());
    }

    /** When an entry that is stored now, and is good for so many nanoseconds, stops being fresh here; in milliseconds of the calendar. */
    long freshUntil(long nowMillis, long valid) {
        long nanos = Math.min(valid, timeToLive);
        return nanos == Times.ENDLESS ? Envelope.NEVER : nowMillis + TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    // Reading

    /** Looks an entry up. The future never fails: whatever goes wrong is a miss. */
    CompletableFuture<Optional<Envelope>> read(Address address) {
        List<Sweep> hidden = List.copyOf(
                sweeps); // first: what a sweep has not reached yet, or has when the read ends, is hidden too
        Lane noted = lanes.find(address.path());
        if (noted != null) {
            return CompletableFuture.completedFuture(visible(noted.entry(), hidden));
        }
        if (!circuit.tryEnter(place.ticker.read())) {
            figures.skipped.increment();
            return CompletableFuture.completedFuture(Optional.empty());
        }
        long start = place.ticker.read();
        return calls.make(() -> tier.get(address.path())).handle((bytes, failure) -> {
            figures.readNanos.add(place.ticker.read() - start);
            return failure == null ? judge(address, bytes, hidden) : failed(failure);
        });
    }

    private Optional<Envelope> judge(Address address, Optional<byte[]> bytes, List<Sweep> hidden) {
        succeeded();
        if (bytes.isEmpty()) {
            figures.misses.increment();
            return Optional.empty();
        }
        try {
            return visible(Envelope.open(bytes.get(), address, place.seal), hidden);
        } catch (IOException e) {
            corrupt(e);
            return Optional.empty();
        }
    }

    private Optional<Envelope> visible(@Nullable Envelope entry, List<Sweep> hidden) {
        if (entry == null || hidden.stream().anyMatch(sweep -> sweep.matches(entry))) {
            figures.misses.increment();
            return Optional.empty();
        }
        return Optional.of(entry);
    }

    private Optional<Envelope> failed(Throwable failure) {
        if (isDamage(failure)) {
            succeeded(); // the tier works, and says itself that one entry is not what was written
            corrupt(failure);
        } else {
            broken(failure);
        }
        return Optional.empty();
    }

    private static boolean isDamage(Throwable failure) {
        return failure instanceof StorageException storage && storage.reason() == StorageException.Reason.CORRUPT;
    }

    /** The reader could use the entry. */
    void used(boolean fresh) {
        (fresh ? figures.hits : figures.stale).increment();
        place.reporter.tell(Kind.TIER_HIT, tier.name(), 0, null);
    }

    /** The entry is too old to be of any use. */
    void outlived() {
        figures.misses.increment();
    }

    /** The entry was damaged, or was not what the reader could read. */
    void corrupt(Throwable cause) {
        figures.corrupt.warn(cause);
        place.reporter.tell(Kind.CORRUPT, tier.name(), 0, cause);
    }

    private void succeeded() {
        circuit.succeeded();
        if (retryWanted.get()) {
            retryLater();
        }
    }

    private void broken(Throwable failure) {
        circuit.failed(place.ticker.read());
        lacking(failure);
    }

    /** Something that was wanted of the tier cannot be had. */
    void lacking(Throwable failure) {
        figures.failures.warn(failure);
        place.reporter.tell(Kind.TIER_FAILED, tier.name(), 0, failure);
    }

    // Claiming

    /** Claims the computation of an entry. Gives the mark of whose it is; nothing if it cannot be claimed. The future never fails. */
    CompletableFuture<Optional<String>> claim(Address address, String mark, @Nullable String overdue) {
        if (!circuit.tryEnter(place.ticker.read())) {
            figures.skipped.increment();
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return calls.make(() -> tier.claim(Address.claim(address.path()), mark, overdue))
                .handle((owner, failure) -> ended(failure) ? Optional.of(owner) : Optional.empty());
    }

    /** Gives a claim back, now or a little later. If that fails it stands until its lease is over. */
    void release(Address address, String mark) {
        if (!circuit.tryEnter(place.ticker.read())) {
            figures.skipped.increment();
            return;
        }
        CompletableFuture<?> unused = calls.make(() -> {
                    tier.release(Address.claim(address.path()), mark);
                    return mark;
                })
                .handle((released, failure) -> ended(failure));
    }

    private boolean ended(@Nullable Throwable failure) {
        if (failure != null) {
            Optional<Envelope> unused = failed(failure);
            return false;
        }
        succeeded();
        return true;
    }

    // Writing

    /** Notes what is to be stored, or with null removed; to be told to the tier with {@link #soon(String)}. Does no I/O. */
    void note(String path, @Nullable Envelope entry) {
        lanes.want(path, entry);
    }

    /** Notes that what matches is to be removed; to be told to the tier with {@link #soon(Sweep)}. Does no I/O. */
    void note(Sweep sweep) {
        sweeps.add(sweep);
    }

    /** Turns the notes that a sweep matches into removals. */
    void applyToNotes(Sweep sweep) {
        lanes.removeMatching(sweep);
        untold.add(sweep); // not before: what is noted is spared when the tier is told
    }

    /**
     * Tells the tier what is noted for a key, soon. The future ends when that is done, or with what went wrong: after twice the tier's
     * timeout at the latest.
     */
    CompletableFuture<Void> soon(String path) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        calls.endInTime(end, () -> true);
        Executor caller = asCaller();
        run(() -> forward(tell(path), end, caller));
        return end;
    }

    /** Carries a sweep out, soon. The future ends when that is done, or with what went wrong, such as that it could not begin in time. */
    CompletableFuture<Void> soon(Sweep sweep) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        AtomicBoolean begun = new AtomicBoolean();
        calls.endInTime(end, () -> !begun.get());
        Executor caller = asCaller();
        run(() -> {
            begun.set(true);
            CompletableFuture<Void> told = tell(sweep);
            calls.endInTime(end, () -> true); // the rest is up to other threads
            forward(told, end, caller);
        });
        return end;
    }

    /** Whoever is telling a tier already may be of another context. */
    private static Executor asCaller() {
        return ContextSnapshot.capture()::run;
    }

    /** Lets a future end as another one did. */
    static void forward(CompletableFuture<Void> told, CompletableFuture<Void> end, Executor caller) {
        CompletableFuture<?> unused = told.whenCompleteAsync(
                (nothing, failure) -> {
                    if (failure == null) {
                        end.complete(null);
                    } else {
                        end.completeExceptionally(
                                failure instanceof CompletionException ? failure.getCause() : failure);
                    }
                },
                caller);
    }

    private void run(Runnable telling) {
        try {
            calls.threads.execute(telling);
        } catch (RejectedExecutionException e) {
            telling.run(); // here, then: the future says what became of it
        }
    }

    /**
     * Tells the tier what is noted for a key: on this thread, which is one of the executor's, if that is without end anyway. What it could
     * not be told it has counted, and is told again.
     */
    CompletableFuture<Void> tellBehind(String path) {
        return timeout == null ? tell(path) : soon(path);
    }

    /**
     * Tells the tier what is noted for a key. If another thread is at it, that one goes on with this. The future ends when it is told, and
     * fails if it could not be.
     */
    CompletableFuture<Void> tell(String path) {
        Lane noted = lanes.find(path);
        if (noted == null) {
            return TOLD; // somebody has told it
        }
        Lane lane = lanes.take(path);
        while (lane != null) {
            Throwable failure = circuit.tryEnter(place.ticker.read())
                    ? store(path, lane.entry())
                    : new IOException("the tier '" + tier.name() + "' has failed before and is left in peace");
            if (failure != null) {
                keepForLater(path, failure);
                break;
            }
            lane = lanes.told(path, lane) ? null : lanes.take(path);
        }
        return noted.end();
    }

    private @Nullable Throwable store(String path, @Nullable Envelope entry) {
        try {
            calls.makeHere(() -> put(path, entry), this::broken);
            figures.writes.increment();
            succeeded();
            return null;
        } catch (TierCalls.LateException e) { // counted when it was late; it is told again
            return e;
        } catch (Throwable e) {
            broken(e);
            return e;
        }
    }

    private boolean put(String path, @Nullable Envelope entry) throws Exception {
        if (entry != null) {
            tier.put(path, entry.sealed(place.seal), instant(entry.freshUntil));
            return true;
        }
        tier.delete(path);
        if (claims) {
            tier.delete(Address.claim(path)); // so that nobody waits for what is not to be served
        }
        return false;
    }

    private static Instant instant(long millis) {
        return millis == Envelope.NEVER ? Instant.MAX : Instant.ofEpochMilli(millis);
    }

    /** What cannot be stored is kept, as long as there is room; beyond that it is at least removed, at last together with all the rest. */
    private void keepForLater(String path, Throwable failure) {
        Lane lane = lanes.find(path);
        if (lanes.size() > MAX_REMOVALS) {
            Sweep everything = new Sweep(place.cache, null, null, new Envelope.Stamp(0, Long.MAX_VALUE));
            if (sweeps.addIfAbsent(everything)) {
                untold.add(everything);
            }
            lanes.forgetIdle(failure);
            figures.dropped.increment();
        } else if (lanes.size() > MAX_ENTRIES && lane != null && lane.entry() != null) {
            lanes.want(path, null);
            figures.dropped.increment();
        }
        lanes.giveBack(path, failure);
        wantRetry();
    }

    /**
     * Carries a sweep out, and tells what is noted in its folder: a store that is under way may land after the tier was looked through,
     * and is followed by a removal then. The future ends when all of that is done, and fails if something could not be.
     */
    CompletableFuture<Void> tell(Sweep sweep) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        lanes.paths(sweep.folder()).forEach(path -> ends.add(tell(path)));
        try {
            for (String path : tier.list(sweep.folder())) {
                if (lanes.find(path) != null) { // what is noted comes after this
                    ends.add(tell(path));
                } else if (isToGo(path, sweep)) {
                    tier.delete(path);
                }
            }
            sweeps.remove(sweep);
            untold.remove(sweep);
            circuit.succeeded();
            return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
        } catch (Throwable e) {
            TierCalls.restoreInterrupt(e);
            broken(e);
            wantRetry();
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean isToGo(String path, Sweep sweep) throws Exception {
        if (sweep.tag() == null || Address.isClaim(path, sweep.folder())) { // what will have the tag nobody knows
            return true;
        }
        Optional<byte[]> bytes;
        try {
            bytes = tier.get(path);
        } catch (StorageException e) {
            return isDamagedBeyondReading(e);
        }
        try {
            return bytes.isPresent() && sweep.matches(Envelope.open(bytes.get(), path, place.seal));
        } catch (IOException e) {
            corrupt(e); // nobody can say what it was about, and nobody will be served it
            return true;
        }
    }

    private boolean isDamagedBeyondReading(StorageException failure) {
        if (!isDamage(failure)) {
            throw failure;
        }
        corrupt(failure);
        return true;
    }

    private void wantRetry() {
        if (retryWanted.compareAndSet(false, true) && place.timer != null) {
            try {
                Future<?> unused = place.timer.schedule(this::retryLater, PAUSE_NANOS, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) { // stopped: the next success brings it up again
                figures.failures.warn(e);
            }
        }
    }

    private void retryLater() {
        if (retryWanted.compareAndSet(true, false)) {
            try {
                calls.threads.execute(this::retry);
            } catch (RejectedExecutionException e) {
                retryWanted.set(true);
                figures.failures.warn(e);
            }
        }
    }

    private void retry() {
        for (Sweep sweep : untold) {
            if (tell(sweep).isCompletedExceptionally()) {
                return;
            }
        }
        for (String path : lanes.paths()) {
            if (tell(path).isCompletedExceptionally()) {
                return;
            }
        }
    }

    CacheStatistics.Tier statistics() {
        return figures.read(tier.name(), lanes.size());
    }
}
