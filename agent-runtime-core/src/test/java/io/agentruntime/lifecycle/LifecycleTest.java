package io.agentruntime.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.lifecycle.ShutdownReport.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final List<String> events = new CopyOnWriteArrayList<>();

    @Test
    void startAndStop_reverseOrder_intakesFirst() {
        Lifecycle lifecycle = lifecycle(new Part("database"), new Part("queue"), new Part("agents"));
        lifecycle.start();
        ShutdownReport report = lifecycle.stop(soon());

        assertThat(events)
                .containsExactly(
                        "database starts",
                        "queue starts",
                        "agents starts",
                        "agents refuses",
                        "queue refuses",
                        "database refuses",
                        "agents stops",
                        "queue stops",
                        "database stops");
        assertThat(report.clean()).isTrue();
        assertThat(report.steps())
                .extracting(ShutdownReport.Step::component)
                .containsExactly("agents", "queue", "database");
    }

    @Test
    @Tag("flaw-73")
    void start_oneFails_stopsExactlyWhatHadStarted() {
        Part broken = new Part("queue") {
            @Override
            public void start() {
                throw new IllegalArgumentException("no disk");
            }
        };
        Part sulking = new Part("database") {
            @Override
            public long stop(Deadline deadline) {
                super.stop(deadline);
                throw new IllegalStateException("sulking");
            }
        };
        Lifecycle lifecycle = lifecycle(sulking, broken, new Part("agents"));

        StartException failure = catchThrowableOfType(StartException.class, lifecycle::start);

        assertThat(failure)
                .hasMessage("component 'queue' did not start: no disk")
                .hasRootCauseMessage("no disk");
        assertThat(failure.getSuppressed()).singleElement().hasToString("java.lang.IllegalStateException: sulking");
        assertThat(events).containsExactly("database starts", "database refuses", "database stops");
        assertThat(lifecycle.stop(soon()).steps()).hasSize(1);
    }

    @Test
    @Tag("flaw-74")
    void stop_oneThrows_othersStopAllTheSame() {
        Part broken = new Part("queue") {
            @Override
            public long stop(Deadline deadline) {
                throw new IllegalStateException("full");
            }

            @Override
            public void closeIntake() {
                throw new IllegalStateException("stuck");
            }
        };
        Lifecycle lifecycle = lifecycle(new Part("database"), broken, new Part("agents"));
        lifecycle.start();
        ShutdownReport report = lifecycle.stop(soon());

        assertThat(events).endsWith("agents stops", "database stops");
        assertThat(report.clean()).isFalse();
        assertThat(report.steps())
                .extracting(ShutdownReport.Step::outcome)
                .containsExactly(Outcome.STOPPED, Outcome.FAILED, Outcome.STOPPED);
        assertThat(report.toString()).contains("queue failed").contains("full");
    }

    @Test
    @Tag("flaw-76")
    void stop_oneHangs_isInterruptedAndOthersStillStop() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Part hanging = new Part("agents") {
            @Override
            public long stop(Deadline deadline) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
                return 0;
            }
        };
        Lifecycle lifecycle = lifecycle(new Part("database"), hanging);
        lifecycle.start();
        ShutdownReport report = lifecycle.stop(Deadline.after(Duration.ofMillis(200)));

        assertThat(report.steps())
                .extracting(ShutdownReport.Step::outcome)
                .containsExactly(Outcome.TIMED_OUT, Outcome.STOPPED);
        assertThat(events).endsWith("database stops");
        interrupted.await();
    }

    @Test
    void stop_firstComponentUsesAllItsTime_lastOneStillHasSome() {
        Part greedy = new Part("agents") {
            @Override
            public long stop(Deadline deadline) {
                assertThat(deadline.remaining()).isLessThanOrEqualTo(Duration.ofMillis(750));
                return 3;
            }
        };
        Lifecycle lifecycle = lifecycle(new Part("database"), greedy);
        lifecycle.start();
        ShutdownReport report = lifecycle.stop(Deadline.after(Duration.ofSeconds(1)));

        assertThat(report.steps().get(0).outcome()).isEqualTo(Outcome.STOPPED);
        assertThat(report.left()).isEqualTo(3);
        assertThat(report.clean()).isFalse();
    }

    @Test
    void stop_manyThreads_stopsOnceAndAllGetTheSameReport() {
        Lifecycle lifecycle = lifecycle(new Part("database"));
        lifecycle.start();
        List<CompletableFuture<ShutdownReport>> stops = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> lifecycle.stop(soon())))
                .toList();

        assertThat(stops).extracting(CompletableFuture::join).containsOnly(lifecycle.stop(soon()));
        assertThat(events).containsExactly("database starts", "database refuses", "database stops");
    }

    @Test
    void stop_duringStart_waitsForItsEnd() {
        CountDownLatch inStart = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Part slow = new Part("database") {
            @Override
            public void start() throws InterruptedException {
                inStart.countDown();
                goOn.await();
                super.start();
            }
        };
        Lifecycle lifecycle = lifecycle(slow);
        CompletableFuture<Void> start = CompletableFuture.runAsync(lifecycle::start, task -> new Thread(task).start());
        CompletableFuture<ShutdownReport> stop = CompletableFuture.supplyAsync(
                () -> {
                    await(inStart);
                    goOn.countDown();
                    return lifecycle.stop(soon());
                },
                task -> new Thread(task).start());

        assertThat(stop.join().clean()).isTrue();
        start.join();
        assertThat(events).containsExactly("database starts", "database refuses", "database stops");
    }

    @Test
    void start_afterStop_isRefused() {
        Lifecycle lifecycle = lifecycle(new Part("database"));
        assertThat(lifecycle.stop(soon()).steps()).isEmpty();
        assertThatIllegalStateException().isThrownBy(lifecycle::start).withMessageContaining("STOPPED");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Lifecycle lifecycle(Part... parts) {
        return new Lifecycle(List.of(parts), Thread::new, Ticker.systemTicker());
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }

    private class Part implements Managed {

        private final String name;

        Part(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void start() throws InterruptedException {
            events.add(name + " starts");
        }

        @Override
        public void closeIntake() {
            events.add(name + " refuses");
        }

        @Override
        public long stop(Deadline deadline) {
            events.add(name + " stops");
            return 0;
        }
    }
}
