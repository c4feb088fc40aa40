package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("flaw-51")
class PoisonTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<Integer> delivered = new CopyOnWriteArrayList<>();
    private final List<DeadEvent<Integer>> dead = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Set<Integer> poison = Set.of();

    private void handle(List<Integer> batch) {
        calls.incrementAndGet();
        if (batch.stream().anyMatch(poison::contains)) {
            throw new IllegalArgumentException("poison");
        }
        delivered.addAll(batch);
    }

    private BackgroundQueueBuilder<Integer> queue(BatchHandler<Integer> handler) {
        return BackgroundQueue.<Integer>builder("test", handler)
                .capacity(100_000)
                .linger(Duration.ZERO)
                .deadLetter(dead::add);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 250, 498, 499})
    void oneInFiveHundred_costsTwoCallsForEachHalvingAndNothingElse(int guilty) throws Exception {
        poison = Set.of(guilty);
        BackgroundQueue<Integer> queue = queue(this::handle)
                .batchSize(500)
                .linger(Duration.ofDays(1))
                .attempts(1, Duration.ZERO)
                .build();
        IntStream.range(0, 500).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).hasSize(499).doesNotContain(guilty);
        assertThat(dead).extracting(DeadEvent::event).containsExactly(guilty);
        assertThat(calls.get()).as("1 + 2 log2(500) + 1 to be sure").isLessThanOrEqualTo(1 + 18 + 1);
        if (guilty >= 250) {
            assertThat(delivered)
                    .as("what is before the poison keeps its place")
                    .startsWith(0, 1, 2);
        }
    }

    @Test
    void notRetryable_isNotTriedAgain() throws Exception {
        BackgroundQueue<Integer> queue = queue(batch -> {
                    calls.incrementAndGet();
                    if (batch.contains(2)) {
                        throw new NotRetryable();
                    }
                    delivered.addAll(batch);
                })
                .batchSize(2)
                .linger(Duration.ofDays(1))
                .attempts(5, Duration.ofDays(1))
                .build();
        List.of(1, 2, 3, 4).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).containsExactly(1, 3, 4);
        assertThat(dead).hasSize(1).allSatisfy(event -> {
            assertThat(event.event()).isEqualTo(2);
            assertThat(event.cause()).isInstanceOf(NotRetryable.class);
            assertThat(event.attempts()).isEqualTo(2);
            assertThat(event.record()).isNull();
        });
        assertThat(calls).as("both, 1, 2, then the next two").hasValue(4);
    }

    @Test
    void manyTogetherInFront_areAllFoundInTheEnd() throws Exception {
        poison = Set.of(0, 1, 2, 3, 4, 5, 6);
        BackgroundQueue<Integer> queue =
                queue(this::handle).batchSize(50).attempts(2, Duration.ZERO).build();
        IntStream.range(0, 200).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(dead).extracting(DeadEvent::event).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
        assertThat(delivered)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(7, 200).boxed().toList());
    }

    @Test
    void batchesOfOne_theNextEventIsTheWitness() throws Exception {
        poison = Set.of(13);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> handle(List.of(event)))
                .attempts(3, Duration.ZERO)
                .deadLetter(dead::add)
                .build();
        List.of(12, 13, 14, 15).forEach(queue::enqueue);

        assertThat(queue.flush(LONG)).isFalse();
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).containsExactly(12, 14, 15);
        assertThat(dead).extracting(DeadEvent::event).containsExactly(13);
        assertThat(queue.statistics().largestBatch()).isEqualTo(1);
    }

    @Test
    void loneEvent_nobodyElse_isKeptUntilAnotherIsTaken() throws Exception {
        poison = Set.of(13);
        ManualClock clock = new ManualClock();
        BackgroundQueue<Integer> queue = clock.drive(queue(this::handle).attempts(2, Duration.ofSeconds(1)));
        queue.enqueue(13);
        for (int i = 0; i < 20; i++) {
            clock.passNextPause();
        }
        assertThat(dead).isEmpty();
        queue.enqueue(14);
        while (dead.isEmpty()) {
            clock.passAnyPause();
        }

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).containsExactly(14);
        assertThat(dead).extracting(DeadEvent::event).containsExactly(13);
        assertThat(dead.get(0).attempts()).isGreaterThan(20);
    }

    @Test
    void maxOutageZero_givesUpWhenTheAttemptsAreUsedUp() throws Exception {
        poison = Set.of(1, 2, 3);
        BackgroundQueue<Integer> queue = queue(this::handle)
                .batchSize(3)
                .linger(Duration.ofDays(1))
                .attempts(3, Duration.ZERO)
                .maxOutage(Duration.ZERO)
                .build();
        List.of(1, 2, 3).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(dead).extracting(DeadEvent::event).containsExactly(1, 2, 3);
        assertThat(dead).allSatisfy(event -> assertThat(event.cause()).hasMessage("poison"));
    }

    @Test
    @Tag("flaw-50")
    void handler_throwsAnythingAndIsInterrupted_workerGoesOn() throws Exception {
        BackgroundQueue<Integer> queue = queue(batch -> {
                    switch (calls.incrementAndGet()) {
                        case 1 -> throw new IllegalStateException("store down");
                        case 2 -> throw new StackOverflowError("asked for");
                        case 3 -> {
                            Thread.currentThread().interrupt();
                            throw new InterruptedException();
                        }
                        default -> delivered.addAll(batch);
                    }
                })
                .attempts(5, Duration.ZERO)
                .build();
        queue.enqueue(1);

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(delivered).containsExactly(1);
        assertThat(calls).hasValue(4);
        assertThat(queue.statistics().retried()).isEqualTo(3);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void deadLetter_throwsOrInterrupts_isCountedAndTheQueueGoesOn() throws Exception {
        poison = Set.of(1, 2);
        BackgroundQueue<Integer> queue = queue(batch -> {
                    handle(batch);
                })
                .batchSize(1)
                .attempts(1, Duration.ZERO)
                .maxOutage(Duration.ZERO)
                .deadLetter(event -> {
                    Thread.currentThread().interrupt();
                    throw new StackOverflowError("asked for");
                })
                .build();
        List.of(1, 2, 3).forEach(queue::enqueue);

        assertThat(queue.flush(LONG)).isFalse();
        assertThat(delivered).containsExactly(3);
        assertThat(queue.stop(Deadline.after(LONG))).as("nobody has them").isEqualTo(2);
        assertThat(queue.statistics().dead()).isEqualTo(2);
    }
}
