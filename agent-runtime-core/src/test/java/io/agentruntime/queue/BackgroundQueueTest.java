package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackgroundQueueTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<Integer> delivered = new CopyOnWriteArrayList<>();

    @Test
    @Tag("flaw-49")
    void enqueue_manyThreadsAtFirst_oneWorkerAndFifoPerProducer() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
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
    @Tag("flaw-49")
    void start_manyThreads_oneWorkerThread() throws Exception {
        for (int round = 0; round < 50; round++) {
            BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("racing" + round, delivered::addAll)
                    .build();
            Phaser phaser = new Phaser(8);
            List<Thread> starters = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                starters.add(new Thread(() -> {
                    phaser.arriveAndAwaitAdvance();
                    queue.start();
                    queue.enqueue(1);
                }));
            }
            starters.forEach(Thread::start);
            for (Thread starter : starters) {
                starter.join();
            }
            assertThat(queue.flush(LONG)).isTrue();
            String prefix = "agentruntime-racing" + round + "-";
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith(prefix))
                    .hasSize(1);
            assertThat(queue.stop(Deadline.after(LONG))).isZero();
        }
        assertThat(delivered).hasSize(400);
    }

    @Test
    @Tag("flaw-46")
    void load_handlersAndQueuedEvents_neverExceedTheirBounds() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger mostInside = new AtomicInteger();
        AtomicInteger mostQueued = new AtomicInteger();
        List<BackgroundQueue<Integer>> made = new CopyOnWriteArrayList<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    mostInside.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    made.forEach(self ->
                            mostQueued.accumulateAndGet(self.statistics().queued(), Math::max));
                    inside.decrementAndGet();
                })
                .capacity(50)
                .batchSize(3)
                .concurrency(4)
                .linger(Duration.ZERO)
                .overflow(Overflow.block(LONG))
                .build();
        made.add(queue);
        produce(4, 2_000, queue);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();

        assertThat(queue.statistics().delivered()).isEqualTo(8_000);
        assertThat(mostInside.get()).isBetween(1, 4);
        assertThat(mostQueued.get()).isBetween(1, 50);
    }

    @Test
    @Tag("flaw-53")
    void batchHandler_getsManyAtOnce_andIdleQueueWaitsForNothing() throws Exception {
        ManualClock clock = new ManualClock();
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.<Integer>builder("test", delivered::addAll)
                .batchSize(100)
                .linger(Duration.ofSeconds(1)));
        IntStream.range(0, 99).forEach(queue::enqueue);
        assertThat(clock.passNextPause())
                .as("the first waits for the batch to fill")
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(queue.flush(LONG)).isTrue();
        IntStream.range(0, 100).forEach(queue::enqueue);

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(queue.statistics().calls()).isEqualTo(2);
        assertThat(queue.statistics().largestBatch()).isEqualTo(100);
        assertThat(queue.statistics().meanBatch()).isEqualTo(99.5);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void async_handler_isWaitedForAndRetried() throws Exception {
        CompletableFuture<Void> first = new CompletableFuture<>();
        CountDownLatch called = new CountDownLatch(2);
        AtomicInteger calls = new AtomicInteger();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>async("test", batch -> {
                    called.countDown();
                    delivered.addAll(batch);
                    return calls.incrementAndGet() == 1 ? first : CompletableFuture.completedFuture("done");
                })
                .batchSize(1)
                .attempts(2, Duration.ZERO)
                .build();
        queue.enqueue(1);
        queue.enqueue(2);
        assertThat(called.getCount()).as("1 is under way").isPositive();
        assertThat(queue.statistics().delivered()).isZero();
        first.completeExceptionally(new IllegalStateException("asked for"));

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(delivered).containsExactly(1, 1, 2);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void build_unusableSetting_isRejectedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().capacity(0).build())
                .withMessage("capacity < 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().concurrency(0).build())
                .withMessage("concurrency < 1: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queue().linger(Duration.ofMillis(-1)).build())
                .withMessage("linger is negative: PT-0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackgroundQueue.<Integer>perEvent("test", event -> {})
                        .batchSize(2)
                        .build())
                .withMessage("batchSize is 2, a queue per event has batches of 1");
    }

    private BackgroundQueueBuilder<Integer> queue() {
        return BackgroundQueue.builder("test", delivered::addAll);
    }

    @Test
    void backoff_doublesUpToFiveSeconds() {
        Backoff backoff = new Backoff(Duration.ofMillis(100));
        assertThat(IntStream.of(1, 2, 3, 7, 60).mapToObj(n -> Duration.ofNanos(backoff.boundNanos(n))))
                .extracting(Duration::toMillis)
                .containsExactly(100L, 200L, 400L, 5000L, 5000L);
    }

    static void produce(int producers, int each, BackgroundQueue<Integer> queue) throws InterruptedException {
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
