package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackgroundQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<Integer> delivered = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch inHandler = new CountDownLatch(1);

    @Test
    @Tag("flaw-45")
    void stop_backlog_deliversAllOfItInOrder() throws Exception {
        BackgroundQueue<Integer> queue =
                queue(delivered::addAll).capacity(500).batchSize(7).build();
        IntStream.range(0, 500).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).isEqualTo(IntStream.range(0, 500).boxed().toList());
        assertThat(queue.statistics().delivered()).isEqualTo(500);
        assertThat(queue.drainReport()).contains(new DrainReport(500, 500, 0, 0, 0, 0, 0));
    }

    @Test
    @Tag("flaw-43")
    void enqueue_full_isRefusedAndCounted() throws Exception {
        BackgroundQueue<Integer> queue =
                queue(this::holdThenDeliver).capacity(3).batchSize(1).build();
        assertThat(queue.enqueue(0)).isEqualTo(EnqueueResult.ACCEPTED);
        inHandler.await();
        List<EnqueueResult> results =
                IntStream.rangeClosed(1, 5).mapToObj(queue::enqueue).toList();

        assertThat(results)
                .containsExactly(
                        EnqueueResult.ACCEPTED,
                        EnqueueResult.ACCEPTED,
                        EnqueueResult.ACCEPTED,
                        EnqueueResult.FULL,
                        EnqueueResult.FULL);
        gate.countDown();
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(delivered).containsExactly(0, 1, 2, 3);
        assertThat(queue.statistics().rejectedFull()).isEqualTo(2);
    }

    @Test
    @Tag("flaw-44")
    @Tag("flaw-47")
    void stop_handlerHangs_returnsAtTheDeadlineAndSaysWhatIsLeft() throws Exception {
        BackgroundQueue<Integer> queue =
                queue(this::holdThenDeliver).capacity(3).batchSize(1).build();
        queue.enqueue(0);
        inHandler.await();
        IntStream.rangeClosed(1, 3).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(Duration.ofMillis(50)))).isEqualTo(4);
        assertThat(queue.statistics().pending()).isEqualTo(4);
    }

    @Test
    @Tag("flaw-48")
    void enqueue_afterStop_isRefusedVisibly() throws Exception {
        BackgroundQueue<Integer> queue = queue(delivered::addAll).build();
        queue.stop(Deadline.after(LONG));

        assertThat(queue.enqueue(1)).isEqualTo(EnqueueResult.CLOSED);
        assertThat(queue.statistics().rejectedClosed()).isEqualTo(1);
        assertThat(delivered).isEmpty();
    }

    @Test
    @Tag("flaw-49")
    void enqueue_manyThreadsAtFirst_oneWorkerAndFifoPerProducer() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        BackgroundQueue<Integer> queue = queue((List<Integer> batch) -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    order.addAll(batch);
                    inside.decrementAndGet();
                })
                .capacity(100_000)
                .build();
        produce(8, 1000, queue);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();

        assertThat(most).hasValue(1);
        for (int producer = 0; producer < 8; producer++) {
            int p = producer;
            assertThat(order.stream().filter(n -> n / 1000 == p)).isSorted().hasSize(1000);
        }
    }

    @Test
    @Tag("flaw-50")
    void handler_throwsAnythingAndIsInterrupted_workerGoesOn() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        BackgroundQueue<Integer> queue = queue((List<Integer> batch) -> {
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
        queue.stop(Deadline.after(LONG));
    }

    @Test
    @Tag("flaw-51")
    void handler_keepsFailing_batchGoesToTheDeadLetterAndTheNextIsDelivered() throws Exception {
        List<Integer> dead = new CopyOnWriteArrayList<>();
        BackgroundQueue<Integer> queue = queue((List<Integer> batch) -> {
                    if (batch.contains(13)) {
                        throw new IllegalArgumentException("poison");
                    }
                    delivered.addAll(batch);
                })
                .batchSize(1)
                .attempts(3, Duration.ZERO)
                .deadLetter(event -> dead.add(event.event()))
                .build();
        List.of(12, 13, 14).forEach(queue::enqueue);

        assertThat(queue.flush(LONG)).as("a flush over a dead event").isFalse();
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(dead).containsExactly(13);
        assertThat(delivered).containsExactly(12, 14);
        assertThat(queue.drainReport()).contains(new DrainReport(3, 2, 1, 0, 0, 0, 0));
    }

    @Test
    void flush_eventStillInTheHandlersHands_isNotDone() throws Exception {
        BackgroundQueue<Integer> queue = queue(this::holdThenDeliver).build();
        queue.enqueue(1);
        inHandler.await();
        assertThat(queue.flush(Duration.ofMillis(20))).isFalse();
        gate.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(delivered).containsExactly(1);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void enqueueAndStop_racing_everyEventIsAccountedFor() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicLong handled = new AtomicLong();
            BackgroundQueue<Integer> queue = queue((List<Integer> batch) -> handled.addAndGet(batch.size()))
                    .capacity(50)
                    .linger(Duration.ZERO)
                    .build();
            AtomicLong acceptedByCallers = new AtomicLong();
            Thread producer = new Thread(() -> {
                for (int i = 0; i < 200; i++) {
                    if (queue.enqueue(i).accepted()) {
                        acceptedByCallers.incrementAndGet();
                    }
                }
            });
            producer.start();
            assertThat(queue.stop(Deadline.after(LONG))).isZero();
            producer.join();

            BackgroundQueue.Statistics s = queue.statistics();
            assertThat(s.accepted())
                    .as("round %d", round)
                    .isEqualTo(acceptedByCallers.get())
                    .isEqualTo(handled.get());
            assertThat(s.accepted() + s.rejectedFull() + s.rejectedClosed()).isEqualTo(200);
            assertThat(s.pending()).isZero();
        }
    }

    @Test
    void build_unusableSetting_isRejectedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue(delivered::addAll).capacity(0).build())
                .withMessage("capacity < 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        queue(delivered::addAll).linger(Duration.ofMillis(-1)).build())
                .withMessage("linger is negative: PT-0.001S");
    }

    @Test
    void backoff_doublesUpToFiveSeconds() {
        Backoff backoff = new Backoff(Duration.ofMillis(100));
        assertThat(IntStream.of(1, 2, 3, 7, 60).mapToObj(n -> Duration.ofNanos(backoff.boundNanos(n))))
                .extracting(Duration::toMillis)
                .containsExactly(100L, 200L, 400L, 5000L, 5000L);
    }

    private static BackgroundQueueBuilder<Integer> queue(BatchHandler<Integer> handler) {
        return BackgroundQueue.<Integer>builder("test", handler).linger(Duration.ZERO);
    }

    private void holdThenDeliver(List<Integer> batch) throws InterruptedException {
        inHandler.countDown();
        gate.await();
        delivered.addAll(batch);
    }

    private static void produce(int producers, int each, BackgroundQueue<Integer> queue) throws InterruptedException {
        Phaser start = new Phaser(producers);
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int base = p * each;
            Thread thread = new Thread(() -> {
                start.arriveAndAwaitAdvance();
                IntStream.range(base, base + each).forEach(queue::enqueue);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
