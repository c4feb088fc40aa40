package io.agentruntime.queue;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Accepting, closing, taking, settling and flushing, in every interleaving that a model checker finds: they behave as if they were done one
 * after another.
 */
@Tag("flaw-45")
@Tag("flaw-48")
public class QueueLincheckTest {

    private static final int CAPACITY = 2;

    /** Loads the classes, and with them the logging, before Lincheck instruments what is loaded. */
    @BeforeAll
    static void load() {
        Queue queue = new Queue();
        String unused = queue.offer() + queue.take() + queue.settle() + queue.flushed() + queue.close() + queue.over();
    }

    @Test
    void offerCloseFlush_modelChecked_isLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(OneAtATime.class)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(8)
                .invocationsPerIteration(150)
                .check(Queue.class);
    }

    /** A queue without its worker: events go out by the operations. */
    public static final class Queue {

        private final QueueState<Integer> state = new QueueState<>(new QueueConfig<>(
                "model",
                events -> {},
                null,
                new QueueConfig.Bounds<>(CAPACITY, Long.MAX_VALUE, null, Overflow.reject()),
                new QueueConfig.Batching<>(1, Duration.ZERO, 1, null),
                new QueueConfig.Retry(1, new Backoff(Duration.ZERO), null),
                null,
                new QueueConfig.Hooks(() -> {}, () -> {}),
                QueueClock.SYSTEM));
        private final Entrance<Integer> entrance = new Entrance<>(state);
        private final Exit<Integer> exit = new Exit<>(state);
        private Batch<Integer> inHand;

        @Operation
        public String offer() {
            return entrance.offer(new QueuedEvent<>(1, null, null, 0)).name();
        }

        @Operation
        public boolean close() {
            state.close();
            return true;
        }

        @Operation
        public boolean flushed() {
            try {
                return state.flush(Deadline.after(Duration.ZERO));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Operation
        public boolean over() {
            state.lock.lock();
            try {
                return state.over();
            } finally {
                state.lock.unlock();
            }
        }

        @Operation(nonParallelGroup = "worker")
        public boolean take() {
            if (inHand == null) {
                state.lock.lock();
                try {
                    inHand = exit.poll();
                } finally {
                    state.lock.unlock();
                }
            }
            return inHand != null;
        }

        @Operation(nonParallelGroup = "worker")
        public boolean settle() {
            if (inHand == null) {
                return false;
            }
            state.settleDelivered(inHand.events());
            exit.done(inHand);
            inHand = null;
            return true;
        }
    }

    /** What a queue must be like. */
    public static final class OneAtATime {

        private int queued;
        private boolean inHand;
        private boolean closed;

        public String offer() {
            if (closed) {
                return "CLOSED";
            }
            if (queued == CAPACITY) {
                return "FULL";
            }
            queued++;
            return "ACCEPTED";
        }

        public boolean close() {
            closed = true;
            return true;
        }

        public boolean flushed() {
            return queued == 0 && !inHand;
        }

        public boolean over() {
            return closed && flushed();
        }

        public boolean take() {
            if (!inHand && queued > 0) {
                queued--;
                inHand = true;
            }
            return inHand;
        }

        public boolean settle() {
            boolean had = inHand;
            inHand = false;
            return had;
        }
    }
}
