package io.agentruntime.bulk;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handle of what was submitted to a {@link BulkQueue}. Keeps the results as long as it is kept. Thread-safe.
 *
 * @param <R> the type of the results
 */
public final class BulkJob<R> {

    /** What became of an item. */
    public enum State {
        /** It waits, or is being handled. */
        LEFT,
        /** It has a result. */
        DONE,
        /** An earlier process was through with it: its journal has it no more, nor its result. */
        SETTLED_EARLIER,
        /** It was given up. */
        FAILED,
        /** It was cancelled before it had begun, or between two attempts. */
        CANCELLED
    }

    /**
     * What became of one item. As immutable as its value.
     *
     * @param <R> the type of the value
     * @param state where it stands
     * @param value the result of an item that is {@link State#DONE}, null otherwise
     * @param failure why an item has {@link State#FAILED}, null otherwise
     */
    public record Result<R>(
            State state, @Nullable R value, @Nullable Throwable failure) {}

    /**
     * How far a job has come: {@code total = done + failed + cancelled + left}. Immutable and thread-safe.
     *
     * @param total all items
     * @param done items with a result, and those that an earlier process was through with
     * @param failed items that were given up, or that the queue did not take
     * @param cancelled items that were cancelled
     * @param left items that wait or are being handled
     */
    public record Progress(int total, int done, int failed, int cancelled, int left) {}

    static final int ID = 37; // where the id begins in a key: behind a UUID and a separator

    private final String key;
    private final boolean resumed;
    private final Consumer<BulkJob<R>> atEnd;
    private final AtomicReferenceArray<@Nullable Result<R>>
            results; // null before the item has begun, or was found in the journal
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final CompletableFuture<BulkJob<R>> completion = new CompletableFuture<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean cancelRequested;

    private final Result<R> running = new Result<>(State.LEFT, null, null);

    /**
     * Makes a job.
     *
     * @param atEnd called once when no item is left, before the job is known to have ended
     */
    BulkJob(String key, int total, boolean resumed, Consumer<BulkJob<R>> atEnd) {
        this.key = key;
        this.atEnd = atEnd;
        this.resumed = resumed;
        this.results = new AtomicReferenceArray<>(total);
    }

    /** Makes a name that no other job has, not even a later one of the same id. */
    static String newKey(String id) {
        return UUID.randomUUID() + " " + id;
    }

    String key() {
        return key;
    }

    /**
     * Names the job.
     *
     * @return its id
     */
    public String id() {
        return key.substring(ID);
    }

    /**
     * Says whether an earlier process had submitted this job.
     *
     * @return true if it was found in the journal
     */
    public boolean resumed() {
        return resumed;
    }

    /**
     * Tells how far the job has come.
     *
     * @return the figures of this moment
     */
    public Progress progress() {
        int total = results.length();
        int doneNow = done.get();
        int failedNow = failed.get();
        int cancelledNow = cancelled.get();
        return new Progress(total, doneNow, failedNow, cancelledNow, total - doneNow - failedNow - cancelledNow);
    }

    /**
     * Tells what became of each item so far.
     *
     * @return one result per item, in the order in which they were submitted
     */
    public List<Result<R>> results() {
        List<Result<R>> all = new ArrayList<>(results.length());
        for (int i = 0; i < results.length(); i++) {
            Result<R> result = results.get(i);
            all.add(result == null ? running : result);
        }
        return List.copyOf(all);
    }

    /**
     * Gets the end of the job.
     *
     * @return a stage that ends with this job when no item is left; its actions run on a worker thread of the queue unless they are
     *     asynchronous
     */
    public CompletionStage<BulkJob<R>> completion() {
        return completion.minimalCompletionStage();
    }

    /**
     * Cancels the items that have not begun; those under way end as they will. Those of a resumed job are cancelled when their turn comes.
     * Holds for this process: after a crash the journal hands over what it still has.
     */
    public void cancel() {
        cancelRequested = true;
        for (int i = 0; i < results.length(); i++) {
            settle(i, null, new Result<>(State.CANCELLED, null, null));
        }
    }

    int total() {
        return results.length();
    }

    boolean cancelRequested() {
        return cancelRequested;
    }

    /** The journal has an item, which so was not settled earlier. */
    void found(int index) {
        boolean unused = results.compareAndSet(index, null, running);
    }

    /** The journal has no more items than those that were found. */
    void allFound() {
        if (resumed) {
            for (int i = 0; i < results.length(); i++) {
                settle(i, null, new Result<>(State.SETTLED_EARLIER, null, null));
            }
        }
    }

    /** Takes an item up; says whether it is to be handled. */
    boolean begin(int index) {
        if (cancelRequested) {
            settle(index, running, new Result<>(State.CANCELLED, null, null)); // between two attempts
        }
        Result<R> before = results.compareAndExchange(index, null, running);
        return before == null || before.state == State.LEFT;
    }

    void done(int index, R value) {
        settle(index, running, new Result<>(State.DONE, requireNonNull(value, "the handler's result"), null));
    }

    void failed(int index, Throwable failure) {
        Result<R> result = new Result<>(State.FAILED, null, failure);
        settle(index, null, result);
        settle(index, running, result);
    }

    private void settle(int index, @Nullable Result<R> before, Result<R> result) {
        if (results.compareAndSet(index, before, result)) {
            counter(result.state).incrementAndGet();
            completeIfSettled();
        }
    }

    private AtomicInteger counter(State state) {
        return switch (state) {
            case DONE, SETTLED_EARLIER -> done;
            case FAILED -> failed;
            case CANCELLED -> cancelled;
            case LEFT -> throw new IllegalStateException("an item that is left is not settled");
        };
    }

    void completeIfSettled() {
        if (progress().left == 0 && ended.compareAndSet(false, true)) {
            atEnd.accept(this);
            completion.complete(this);
        }
    }

    @Override
    public String toString() {
        return "bulk job '" + id() + "': " + progress();
    }
}
