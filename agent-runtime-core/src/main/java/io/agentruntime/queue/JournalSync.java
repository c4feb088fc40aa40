package io.agentruntime.queue;

import io.agentruntime.executor.RuntimeThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when what was appended is forced to the disk: never, some time after the first append that is not forced, or before append
 * returns. In the last case, those who append while a force is under way share the next one.
 */
final class JournalSync {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    /** The journal that is forced. */
    interface Target {

        /** The newest segment's writer and the group of appends that are not forced, which no other append joins from now on. */
        Batch nextBatch();

        /** Called when a group was forced, or could not be. */
        void ended(Group group, boolean forced);
    }

    /** What is forced at once. */
    record Batch(@Nullable SegmentWriter writer, Group group) {}

    /** Appends whose fate is the same. The numbers are guarded by the journal's lock, the rest by {@link #forcing}. */
    static final class Group {
        private long first;
        private long last;
        private boolean ended;
        private @Nullable IOException failure;

        long first() {
            return first;
        }

        long last() {
            return last;
        }

        /** Takes an append in; tells if it is the first one. */
        boolean join(long sequence) {
            boolean isFirst = first == 0;
            first = isFirst ? sequence : first;
            last = sequence;
            return isFirst;
        }
    }

    /** Held while the disk works. Taken before the locks of the journal. */
    private final ReentrantLock forcing = new ReentrantLock();

    private final @Nullable Duration every;
    private final Target target;
    private final @Nullable ScheduledThreadPoolExecutor timer;
    private long failures;

    /**
     * Makes a sync.
     *
     * @param every how long an append may be without being forced; zero to force it before append returns, null for ever
     */
    JournalSync(@Nullable Duration every, Target target) {
        this.every = every;
        this.target = target;
        this.timer = every == null || every.isZero()
                ? null
                : new ScheduledThreadPoolExecutor(1, RuntimeThreads.of("journal"));
    }

    /** Tells if an append returns only when it is forced. */
    boolean beforeReturn() {
        return every != null && every.isZero();
    }

    /** Tells if anything is ever forced. */
    boolean isOn() {
        return every != null;
    }

    /** Sees to the first append of a group. Called under the journal's lock. */
    void begun() {
        if (timer != null && every != null) {
            var unused = timer.schedule(this::forceLate, every.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Returns when a group is forced. */
    void await(Group group) throws IOException {
        forcing.lock();
        try {
            if (!group.ended) { // then it is the one that appends still join: the others have ended
                force();
            }
            if (group.failure != null) {
                throw new IOException(group.failure.getMessage(), group.failure);
            }
        } finally {
            forcing.unlock();
        }
    }

    private void force() {
        Batch batch = target.nextBatch();
        try {
            if (batch.writer() != null) {
                batch.writer().force();
            }
        } catch (IOException e) {
            batch.group().failure = e;
        }
        batch.group().ended = true;
        target.ended(batch.group(), batch.group().failure == null);
    }

    private void forceLate() {
        forcing.lock();
        try {
            Batch batch = target.nextBatch();
            if (batch.writer() != null) {
                batch.writer().force();
            }
        } catch (IOException e) {
            if (Long.bitCount(++failures) == 1) {
                log.error("a journal could not be forced to the disk ({} times so far)", failures, e);
            }
        } finally {
            forcing.unlock();
        }
    }

    /** Waits for a force that is under way, and lets no other one begin while the action runs. */
    void stop(Runnable action) {
        forcing.lock();
        try {
            if (timer != null) {
                timer.shutdownNow();
            }
            action.run();
        } finally {
            forcing.unlock();
        }
    }
}
