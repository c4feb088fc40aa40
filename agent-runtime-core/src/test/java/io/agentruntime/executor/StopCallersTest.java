package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that wait in a call of a workload when it is stopped: each returns in time, and none gets in any more. */
@Tag("flaw-3")
@Tag("flaw-4")
class StopCallersTest {

    private static final Duration TIME = Duration.ofMillis(150);

    /** The promise is 100 ms. A busy machine of two cores may need longer to give a thread its turn. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CALLERS = 9;

    private final long seed = Long.getLong("agentruntime.seed", 20_261_128L);
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile CountDownLatch busy = new CountDownLatch(2);
    private final AtomicInteger callsThatEndedBadly = new AtomicInteger();
    private WorkloadExecutor executor;

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(Duration.ZERO)); // a test that failed must not leave its callers behind
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stop_whileThreadsWaitInEveryKindOfCall_returnsThemAll(boolean virtual) throws Exception {
        for (int round = 0; round < 3; round++) {
            busy = new CountDownLatch(2);
            Workload workload = new Workload("callers", 4, 6);
            executor = WorkloadExecutor.create(virtual ? workload.virtual() : workload);
            List<CompletableFuture<Boolean>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Random random = new Random(seed + 100L * round + caller);
                callers.add(
                        CompletableFuture.supplyAsync(() -> callUntilClosed(random), task -> new Thread(task).start()));
            }
            Watchdog.await(busy, LIMIT, mark());

            long began = System.nanoTime();
            executor.stop(Deadline.after(TIME));
            for (CompletableFuture<Boolean> caller : callers) {
                assertThat(Watchdog.await(caller, LIMIT, mark())).isTrue();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).as(mark()).isLessThan(TIME.plus(TOLERANCE));
            assertThat(executor.awaitTermination(30, TimeUnit.SECONDS))
                    .as(mark())
                    .isTrue();
        }
        assertThat(callsThatEndedBadly).as(mark()).hasPositiveValue();
    }

    private String mark() {
        return "seed " + seed + ", " + executor;
    }

    private boolean callUntilClosed(Random random) {
        while (true) {
            try {
                call(random);
            } catch (WorkloadRejectedException e) {
                if (e.closed()) {
                    return true;
                }
                Thread.onSpinWait();
            } catch (ExecutionException | CompletionException | CancellationException e) {
                callsThatEndedBadly.incrementAndGet();
            } catch (Exception e) {
                throw new AssertionError(mark(), e);
            }
        }
    }

    private void call(Random random) throws Exception {
        Callable<Boolean> task = random.nextInt(4) > 0 ? this::quick : this::hang;
        List<Callable<Boolean>> tasks = List.of(this::quick, task);
        switch (random.nextInt(10)) {
            case 0 -> executor.invokeAll(tasks);
            case 1 -> executor.invokeAll(tasks, 1, TimeUnit.HOURS);
            case 2 -> executor.invokeAny(List.of(task));
            case 3 -> executor.invokeAny(List.of(task), 1, TimeUnit.HOURS);
            case 4 -> executor.submitWaiting(task, Duration.ofHours(1)).get();
            case 5 -> executor.submit(task).join();
            case 6 -> executor.submit(task).thenApplyAsync(x -> x).get(1, TimeUnit.HOURS);
            case 7 -> executor.schedule(task, 1, TimeUnit.MICROSECONDS).get();
            case 8 -> Gather.on(executor).all(tasks).join();
            default -> executor.submit(() -> executor.submit(task).join()).get();
        }
    }

    private boolean quick() {
        return gate.getCount() > 0;
    }

    private boolean hang() throws InterruptedException {
        busy.countDown();
        return gate.await(1, TimeUnit.HOURS);
    }
}
