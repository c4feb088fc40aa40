package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HooksTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<String> order = new CopyOnWriteArrayList<>();

    @Test
    void hooks_runOnAWorkerAroundAllEvents() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> order.add("event"))
                .concurrency(3)
                .onStart(() -> order.add("start " + worker()))
                .onStop(() -> order.add("stop " + worker()))
                .build();
        IntStream.range(0, 10).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(order).hasSize(12).startsWith("start true", "event").endsWith("event", "stop true");
    }

    private static boolean worker() {
        return Thread.currentThread().getName().startsWith("agentruntime-test-");
    }

    @Test
    @Tag("flaw-50")
    void startHook_failsForAWhile_isTriedAgainAndVisible() throws Exception {
        AtomicInteger failures = new AtomicInteger(4);
        ManualClock clock = new ManualClock();
        BackgroundQueue<Integer> queue =
                clock.drive(BackgroundQueue.<Integer>perEvent("test", event -> order.add("event"))
                        .onStart(() -> {
                            if (failures.getAndDecrement() > 0) {
                                Thread.currentThread().interrupt();
                                throw new StackOverflowError("database down");
                            }
                        })
                        .onStop(() -> order.add("stop")));
        queue.enqueue(1);
        for (int i = 1; i <= 4; i++) {
            Duration pause = clock.nextPause();
            assertThat(pause).isBetween(Duration.ofMillis(50L << (i - 1)), Duration.ofMillis(100L << (i - 1)));
            assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.STARTING);
            assertThat(queue.statistics().startFailures()).isEqualTo(i);
            clock.advance(pause);
        }

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.RUNNING);
        queue.stop(Deadline.after(LONG));
        assertThat(order).containsExactly("event", "stop");
    }

    @Test
    void startHook_neverSucceeds_stopIsInTimeAndStopHookIsNotRun() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> order.add("event"))
                .onStart(() -> {
                    throw new IllegalStateException("database down");
                })
                .onStop(() -> order.add("stop"))
                .build();
        queue.enqueue(1);

        assertThat(queue.stop(Deadline.after(Duration.ofMillis(50)))).isEqualTo(1);
        assertThat(order).isEmpty();
    }

    @Test
    void stopHook_throws_stopEndsAllTheSame() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> order.add("event"))
                .onStop(() -> {
                    throw new StackOverflowError("asked for");
                })
                .build();
        queue.enqueue(1);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.STOPPED);
    }
}
