package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every event that was accepted has exactly one end, whatever handlers do, and whenever the queue is closed. */
@Tag("flaw-43")
@Tag("flaw-47")
@Tag("flaw-50")
class ConservationTest {

    private static final int PRODUCERS = 4;
    private static final Duration LONG = Duration.ofSeconds(100);

    @Test
    void reject_events_areAccountedFor() throws Exception {
        run(20_000, builder -> builder);
    }

    @Test
    void dropOldestOfKeys_events_areAccountedFor() throws Exception {
        run(20_000, builder -> builder.overflow(Overflow.dropOldest()).orderedBy(event -> event % 17));
    }

    @Test
    void block_events_areAccountedFor() throws Exception {
        run(20_000, builder -> builder.overflow(Overflow.block(Duration.ofMillis(1))));
    }

    @Test
    void spill_events_areAccountedFor() throws Exception {
        run(
                20_000,
                builder ->
                        builder.overflow(Overflow.spill()).journal(new ListJournal(), EventCodec.json(Integer.class)));
    }

    @Test
    void dropOldestWithJournal_events_areAccountedFor() throws Exception {
        run(
                20_000,
                builder -> builder.overflow(Overflow.dropOldest())
                        .journal(new ListJournal(), EventCodec.json(Integer.class)));
    }

    @Test
    @Tag("stress")
    @Timeout(900)
    void tenMillion_events_areAccountedFor() throws Exception {
        run(10_000_000, builder -> builder.overflow(Overflow.block(LONG)).capacity(10_000));
    }

    @Test
    @Tag("stress")
    @Timeout(900)
    void aMillionSpilled_events_areAccountedFor() throws Exception {
        run(
                1_000_000,
                builder -> builder.overflow(Overflow.spill())
                        .orderedBy(event -> event % 101)
                        .journal(new ListJournal(), EventCodec.json(Integer.class)));
    }

    private static void run(int events, UnaryOperator<BackgroundQueueBuilder<Integer>> settings) throws Exception {
        long seed = System.nanoTime();
        try {
            new Run(events, seed, settings).go();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** One queue with a moody handler, producers, someone who interrupts its workers, and someone who stops it in the middle. */
    private static final class Run {

        private final int events;
        private final Random random;
        private final AtomicIntegerArray delivered;
        private final AtomicIntegerArray dead;
        private final AtomicLong accepted = new AtomicLong();
        private final AtomicInteger hanging = new AtomicInteger();
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final AtomicBoolean over = new AtomicBoolean();
        private final BackgroundQueue<Integer> queue;

        Run(int events, long seed, UnaryOperator<BackgroundQueueBuilder<Integer>> settings) {
            this.events = events;
            this.random = new Random(seed);
            this.delivered = new AtomicIntegerArray(events);
            this.dead = new AtomicIntegerArray(events);
            this.queue = settings.apply(BackgroundQueue.<Integer>builder("conserving", this::handle)
                            .capacity(500)
                            .batchSize(1 + random.nextInt(64))
                            .concurrency(1 + random.nextInt(4))
                            .linger(Duration.ofNanos(random.nextInt(2) * 100_000L))
                            .attempts(2, Duration.ofNanos(1_000))
                            .maxOutage(Duration.ofSeconds(20))
                            .deadLetter(this::bury))
                    .build();
        }

        private void handle(List<Integer> batch) throws Exception {
            switch (random.nextInt(100)) {
                case 0 -> throw new IllegalStateException("asked for");
                case 1 -> throw new StackOverflowError("asked for");
                case 2 -> throw new NotRetryable();
                case 3 -> Thread.currentThread().interrupt();
                case 4 -> hang();
                default -> Thread.onSpinWait();
            }
            batch.forEach(delivered::incrementAndGet);
        }

        private void hang() throws InterruptedException {
            if (hanging.getAndIncrement() < 20) {
                letGo.await();
            }
        }

        private void bury(DeadEvent<Integer> event) {
            dead.incrementAndGet(event.event());
            if (random.nextInt(3) == 0) {
                throw new StackOverflowError("asked for");
            }
        }

        void go() throws Exception {
            Thread interrupter = thread(this::interruptWorkers);
            List<Thread> producers = new ArrayList<>();
            for (int p = 0; p < PRODUCERS; p++) {
                int first = p;
                producers.add(thread(() -> produce(first)));
            }
            while (offered() < events / 4) {
                Thread.onSpinWait();
            }
            if (random.nextBoolean()) { // stop them in the middle, or when all is in
                join(producers);
            }
            letGo.countDown();
            queue.stop(Deadline.after(LONG));
            join(producers);
            over.set(true);
            interrupter.join();
            check();
        }

        private long offered() {
            BackgroundQueue.Statistics figures = queue.statistics();
            return figures.accepted() + figures.rejected();
        }

        private void check() {
            BackgroundQueue.Statistics figures = queue.statistics();
            long handled = 0;
            long buried = 0;
            for (int event = 0; event < events; event++) {
                assertThat(delivered.get(event) + dead.get(event))
                        .as("ends of %d", event)
                        .isLessThanOrEqualTo(1);
                handled += delivered.get(event);
                buried += dead.get(event);
            }
            assertThat(figures.accepted()).isEqualTo(accepted.get());
            assertThat(figures.delivered()).isEqualTo(handled);
            assertThat(figures.dead()).isEqualTo(buried);
            assertThat(figures.pending()).isZero();
            assertThat(handled + buried + figures.dropped()).isEqualTo(accepted.get());
            assertThat(figures.accepted() + figures.rejected()).isEqualTo(events);
        }

        private void produce(int first) {
            for (int event = first; event < events; event += PRODUCERS) {
                accepted.addAndGet(queue.enqueue(event).accepted() ? 1 : 0);
            }
        }

        private void interruptWorkers() {
            while (!over.get()) {
                for (Thread thread : Thread.getAllStackTraces().keySet()) {
                    if (thread.getName().startsWith("agentruntime-conserving-")) {
                        thread.interrupt();
                    }
                }
                BackgroundQueue.Statistics figures = queue.statistics();
                if (figures.delivered() + figures.dead() + figures.dropped() + figures.pending()
                        != figures.accepted()) {
                    throw new AssertionError(figures.toString());
                }
            }
        }

        private static Thread thread(Runnable task) {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private static void join(List<Thread> threads) throws InterruptedException {
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
