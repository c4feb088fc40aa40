package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ShortWaitTest {

    private static final long TICK = 1_000;

    private final Sampling sampling = new Sampling();
    private final AtomicLong readings = new AtomicLong();
    private final ShortWait wait = new ShortWait(sampling, 2, this::tick);
    private final CompletableFuture<String> future = new CompletableFuture<>();
    private Runnable atEachReading = () -> {};

    /** A clock that goes on by a microsecond each time it is read. */
    private long tick() {
        atEachReading.run();
        return TICK * readings.incrementAndGet();
    }

    private boolean watches() {
        long before = readings.get();
        wait.until(future);
        return readings.get() > before;
    }

    @Test
    void until_tasksAreNotKnownToBeShort_doesNotWatch() {
        assertThat(watches()).as("nothing measured").isFalse();
        sampling.measured(Sampling.LONG_NANOS);
        assertThat(watches()).as("long ones").isFalse();
        sampling.measured(Sampling.LONG_NANOS - 1);
        assertThat(watches()).as("short ones").isTrue();
    }

    @Test
    void until_oneProcessor_doesNotWatch() {
        sampling.measured(1);
        new ShortWait(sampling, 1, this::tick).until(future);
        assertThat(readings).hasValue(0);
    }

    @Test
    void until_theFutureEnds_comesBackAtOnce() {
        sampling.measured(1);
        atEachReading = () -> {
            if (readings.get() == 5) {
                future.complete("done");
            }
        };
        wait.until(future);
        assertThat(future).isDone();
        assertThat(readings).hasValue(6);
    }

    @Test
    void until_theFutureDoesNotEnd_comesBackWhenAShortTaskWouldHaveEnded() {
        sampling.measured(1);
        wait.until(future);
        assertThat(readings.get() * TICK).isEqualTo(Sampling.LONG_NANOS + TICK);
    }

    @Test
    void until_anotherThreadWatches_doesNotWatch() {
        sampling.measured(1);
        AtomicLong inside = new AtomicLong();
        atEachReading = () -> {
            atEachReading = () -> inside.incrementAndGet();
            wait.until(new CompletableFuture<>());
        };
        wait.until(future);
        assertThat(inside).as("readings of the one that watched").hasValue(readings.get() - 1);
    }

    @Test
    void until_inVain_isTriedEverMoreSeldomAndAfterSuccessMoreOftenAgain() {
        sampling.measured(1);
        for (int passing : new int[] {0, 1, 3, 7, 15, 31, 63, 127, 255, 255}) {
            for (int i = 0; i < passing; i++) {
                assertThat(watches()).as("%s of %s that pass", i, passing).isFalse();
            }
            assertThat(watches()).as("after %s that pass", passing).isTrue();
        }
        future.complete("done");
        for (int passing : new int[] {ShortWait.MAX_PAUSE, 127, 63, 31, 15, 7, 3, 1, 0, 0}) {
            for (int i = 0; i < passing; i++) {
                assertThat(watches()).as("%s of %s that pass", i, passing).isFalse();
            }
            assertThat(watches()).as("after %s that pass", passing).isTrue();
        }
    }
}
