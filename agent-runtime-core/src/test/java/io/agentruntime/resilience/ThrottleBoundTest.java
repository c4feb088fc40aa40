package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelThrottle.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The promise of the throttle, in every minute of long random histories. */
class ThrottleBoundTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final ManualTimer timer = new ManualTimer();
    private final List<long[]> counted = new ArrayList<>(); // time, requests, tokens as estimated
    private final List<Permit> open = new ArrayList<>();
    private int mostOpen;

    @Test
    void admitted_ofRandomArrivals_keepsToTheLimitsInEveryMinute() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int arrivals = 100_000;
        ModelThrottle throttle = ModelThrottle.builder("gpt", timer)
                .ticker(timer.ticker())
                .requestsPerMinute(50)
                .tokensPerMinute(2_000)
                .concurrentCalls(20)
                .build();
        AtomicLong refused = new AtomicLong();
        List<CompletableFuture<Permit>> waiting = new ArrayList<>();
        for (int i = 0; i < arrivals; i++) {
            long tokens = random.nextInt(80);
            Deadline deadline = timer.in(Duration.ofMillis(random.nextInt(20_000)));
            CompletableFuture<Permit> future = throttle.acquireAsync(tokens, deadline);
            CompletableFuture<Permit> unused = future.whenComplete((permit, failure) -> {
                if (failure == null) {
                    counted.add(new long[] {timer.ticker().read(), 1, tokens});
                    open.add(permit);
                    mostOpen = Math.max(mostOpen, open.size());
                } else {
                    refused.incrementAndGet();
                }
            });
            if (!future.isDone()) {
                waiting.add(future);
            }
            act(random, waiting);
            timer.advance(Duration.ofNanos(
                    random.nextInt(40) == 0 ? random.nextLong(3 * MINUTE) : random.nextInt(1_200_000_000)));
        }
        timer.advance(Duration.ofMinutes(5));
        open.forEach(Permit::close);
        timer.advance(Duration.ofMinutes(5));
        assertThat(throttle.statistics().waiting()).isZero();
        assertThat(counted.size() + refused.get()).isEqualTo(arrivals);
        assertThat(counted.size()).as("seed %d", seed).isGreaterThan(arrivals / 4);
        assertThat(mostOpen).as("seed %d", seed).isEqualTo(20);
        assertRequestsKeepToTheLimit(seed);
    }

    /** Ends some calls, most with another number of tokens than thought, and cancels a waiter now and then. */
    private void act(Random random, List<CompletableFuture<Permit>> waiting) {
        waiting.removeIf(CompletableFuture::isDone);
        if (random.nextInt(10) == 0 && !waiting.isEmpty()) {
            waiting.remove(random.nextInt(waiting.size())).cancel(true);
        }
        while (open.size() > random.nextInt(20)) {
            Permit permit = open.remove(random.nextInt(open.size()));
            permit.settle(random.nextInt(80));
            permit.close();
        }
    }

    private void assertRequestsKeepToTheLimit(long seed) {
        Iterator<long[]> oldest = counted.iterator();
        long[] from = oldest.next();
        long requests = 0;
        for (long[] to : counted) {
            while (to[0] - from[0] >= MINUTE) {
                requests -= from[1];
                from = oldest.next();
            }
            requests += to[1];
            assertThat(requests).as("seed %d", seed).isLessThanOrEqualTo(50);
        }
    }

    @Test
    void tokens_ofRandomArrivals_keepToTheLimitInEveryMinute() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ModelThrottle throttle = ModelThrottle.builder("gpt", timer)
                .ticker(timer.ticker())
                .tokensPerMinute(1_000)
                .build();
        for (int i = 0; i < 100_000; i++) {
            long tokens = random.nextInt(200);
            CompletableFuture<Permit> future =
                    throttle.acquireAsync(tokens, timer.in(Duration.ofMillis(random.nextInt(30_000))));
            CompletableFuture<Void> unused = future.thenAccept(permit -> {
                counted.add(new long[] {timer.ticker().read(), 1, tokens});
                permit.close();
            });
            timer.advance(Duration.ofNanos(random.nextInt(3) == 0 ? 0 : random.nextLong(5_000_000_000L)));
        }
        Iterator<long[]> oldest = counted.iterator();
        long[] from = oldest.next();
        long sum = 0;
        long total = 0;
        for (long[] to : counted) {
            while (to[0] - from[0] >= MINUTE) {
                sum -= from[2];
                from = oldest.next();
            }
            sum += to[2];
            total += to[2];
            assertThat(sum).as("seed %d", seed).isLessThanOrEqualTo(1_000);
        }
        long minutes = timer.ticker().read() / MINUTE;
        assertThat(total / minutes).as("used, seed %d", seed).isGreaterThan(850);
    }

    /** Threads that acquire, wait, cancel and end: nobody is lost, and never more than allowed run. */
    @Test
    void permits_ofManyThreads_areNeverLost() throws Exception {
        race(2_000);
    }

    @Tag("stress")
    @Test
    void permits_ofManyThreadsForLong_areNeverLost() throws Exception {
        race(50_000);
    }

    private void race(int callsPerThread) throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1, RuntimeThreads.of("throttle-test"));
        clock.setRemoveOnCancelPolicy(true);
        ModelThrottle throttle =
                ModelThrottle.builder("gpt", clock).concurrentCalls(3).build();
        AtomicInteger running = new AtomicInteger();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < callsPerThread; i++) {
                        call(throttle, running);
                    }
                } catch (Throwable failure) {
                    failures.add(failure);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        ModelThrottle.Statistics statistics = throttle.statistics();
        assertThat(statistics.running()).isZero();
        assertThat(statistics.waiting()).isZero();
        assertThat(statistics.admitted() + statistics.cancelled() + statistics.refused())
                .isEqualTo(8L * callsPerThread);
        for (int i = 0; i < 3; i++) {
            assertThat(throttle.acquireAsync(0, Deadline.after(Duration.ZERO))).isCompleted();
        }
        clock.shutdownNow();
    }

    private static void call(ModelThrottle throttle, AtomicInteger running) throws InterruptedException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        if (random.nextInt(4) == 0) {
            CompletableFuture<Permit> future = throttle.acquireAsync(1, Deadline.after(Duration.ofSeconds(60)));
            if (random.nextBoolean()) {
                Thread.onSpinWait();
            }
            if (!future.cancel(true)) {
                future.join().close();
            }
            return;
        }
        if (random.nextInt(8) == 0) {
            Thread.currentThread().interrupt();
        }
        try (Permit permit = throttle.acquire(1, Deadline.after(Duration.ofSeconds(60)))) {
            if (running.incrementAndGet() > 3) {
                throw new AssertionError("too many");
            }
            running.decrementAndGet();
            permit.settle(random.nextInt(5));
        } catch (InterruptedException e) {
            Thread.interrupted(); // it was meant for the wait
        }
        Thread.interrupted();
    }
}
