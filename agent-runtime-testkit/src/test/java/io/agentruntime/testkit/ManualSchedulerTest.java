package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // where a future matters, its test looks at it
class ManualSchedulerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final ManualTicker ticker = new ManualTicker();
    private final ManualScheduler timer = new ManualScheduler(ticker);
    private final List<String> ran = new ArrayList<>();
    private final long start = ticker.read();

    private Runnable note(String what) {
        return () ->
                ran.add(what + "@" + Duration.ofNanos(ticker.read() - start).toMillis());
    }

    private ScheduledFuture<?> in(long millis, String what) {
        return timer.schedule(note(what), millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void advance_runsEachTaskAtItsOwnTime() {
        in(1_500, "late"); // beyond the point where the ticker wraps around
        in(500, "early");
        in(500, "second");
        in(2_001, "later");
        assertThat(timer.advance(Duration.ofSeconds(2))).isEqualTo(3);
        assertThat(ran).containsExactly("early@500", "second@500", "late@1500");
        assertThat(ticker.read() - start).isEqualTo(2_000_000_000L);
        assertThat(timer.pendingDelays()).containsExactly(Duration.ofMillis(1));
    }

    @Test
    void advance_runsWhatTheTasksAdd_atItsOwnTime() {
        timer.schedule(() -> in(300, "inner"), 200, TimeUnit.MILLISECONDS);
        assertThat(timer.advance(SECOND)).isEqualTo(2);
        assertThat(ran).containsExactly("inner@500");
    }

    @Test
    void advance_backwards_isRefused() {
        assertThatThrownBy(() -> timer.advance(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT-0.000000001S");
    }

    @Test
    void runDue_afterTheTickerTurned_runsWhatIsOver() {
        in(100, "a");
        ticker.advance(SECOND);
        assertThat(timer.pendingDelays()).containsExactly(Duration.ofMillis(-900));
        assertThat(timer.runDue()).isOne();
        assertThat(ran).containsExactly("a@1000");
    }

    @Test
    void execute_runsAtTheNextTurn_andItsFailureComesOut() {
        timer.execute(note("a"));
        timer.execute(() -> {
            throw new IllegalStateException("broken");
        });
        timer.execute(note("b"));
        assertThat(ran).isEmpty();
        assertThatThrownBy(timer::runDue).hasMessage("broken");
        assertThat(timer.pending()).isOne();
        assertThat(timer.runDue()).isOne();
        assertThat(ran).containsExactly("a@0", "b@0");
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void schedule_withAResult_givesItToAnotherThread() {
        Future<String> result = timer.schedule(() -> "done", 1, TimeUnit.SECONDS);
        CompletableFuture<String> waiting = waiting(result);
        timer.advance(SECOND);
        assertThat(waiting).succeedsWithin(TIMEOUT).isEqualTo("done");
    }

    @Test
    void schedule_ofATaskThatThrows_keepsTheFailureForItsFuture() {
        Future<?> result = timer.schedule(
                () -> {
                    throw new IllegalStateException("broken");
                },
                0,
                TimeUnit.SECONDS);
        assertThat(timer.runDue()).isOne();
        assertThatThrownBy(result::get).isInstanceOf(ExecutionException.class).hasRootCauseMessage("broken");
    }

    @Test
    void cancel_takesTheTaskOut() {
        ScheduledFuture<?> task = in(100, "a");
        assertThat(task.getDelay(TimeUnit.MILLISECONDS)).isEqualTo(100);
        assertThat(task.cancel(false)).isTrue();
        assertThat(timer.pending()).isZero();
        assertThat(timer.advance(SECOND)).isZero();
        assertThat(timer.delays()).containsExactly(Duration.ofMillis(100));
    }

    @Test
    void awaitScheduled_waitsForAnotherThread() throws Exception {
        CompletableFuture<String> retried = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        timer.schedule(() -> {}, 1, TimeUnit.SECONDS).get();
                        timer.schedule(() -> {}, 2, TimeUnit.SECONDS).get();
                        retried.complete("third attempt");
                    } catch (InterruptedException | ExecutionException e) {
                        retried.completeExceptionally(e);
                    }
                })
                .start();
        timer.awaitScheduled(1, TIMEOUT);
        timer.advance(SECOND);
        timer.awaitScheduled(2, TIMEOUT);
        timer.awaitPending(1, TIMEOUT);
        timer.advance(SECOND);
        assertThat(retried).isNotDone();
        timer.advance(SECOND);
        assertThat(retried).succeedsWithin(TIMEOUT).isEqualTo("third attempt");
        assertThat(timer.delays()).containsExactly(SECOND, Duration.ofSeconds(2));
    }

    @Test
    void await_ofTooFew_saysHowManyThereAre() {
        in(100, "a");
        assertThatThrownBy(() -> timer.awaitScheduled(2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("1 tasks were scheduled within PT0.001S, expected 2");
        assertThatThrownBy(() -> timer.awaitPending(2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessage("1 tasks were pending within PT0.001S, expected 2");
    }

    @Test
    void scheduleAtFixedRate_keepsTheRate() {
        timer.scheduleAtFixedRate(
                () -> {
                    note("r").run();
                    ticker.advance(Duration.ofMillis(30)); // a slow run
                },
                100,
                50,
                TimeUnit.MILLISECONDS);
        assertThat(timer.advance(Duration.ofMillis(200))).isEqualTo(3);
        assertThat(ran).containsExactly("r@100", "r@150", "r@200");
        assertThat(timer.delays()).containsExactly(Duration.ofMillis(100));
    }

    @Test
    void scheduleWithFixedDelay_countsFromTheEnd_untilItIsCancelled() {
        ScheduledFuture<?> task = timer.scheduleWithFixedDelay(
                () -> {
                    note("d").run();
                    ticker.advance(Duration.ofMillis(30));
                },
                100,
                50,
                TimeUnit.MILLISECONDS);
        timer.advance(Duration.ofMillis(200));
        assertThat(ran).containsExactly("d@100", "d@180");
        task.cancel(false);
        assertThat(timer.advance(SECOND)).isZero();
        assertThatThrownBy(() -> timer.scheduleAtFixedRate(() -> {}, 0, 0, TimeUnit.SECONDS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("period must be above 0, is 0 SECONDS");
    }

    @Test
    void shutdown_refusesNewTasks_runsTheOldOnes() throws Exception {
        in(100, "a");
        Future<?> periodic = timer.scheduleAtFixedRate(note("p"), 200, 100, TimeUnit.MILLISECONDS);
        timer.shutdown();
        assertThat(timer.isShutdown()).isTrue();
        assertThat(timer.isTerminated()).isFalse();
        assertThatThrownBy(() -> in(1, "b")).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> timer.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(timer.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
        timer.advance(SECOND);
        assertThat(ran).containsExactly("a@100", "p@200");
        assertThat(periodic).isCancelled();
        assertThat(timer.awaitTermination(1, TimeUnit.MILLISECONDS)).isTrue();
    }

    @Test
    void close_endsTheFutures() {
        Future<?> task = in(100, "a");
        CompletableFuture<?> waiting = waiting(task);
        timer.execute(note("b"));
        timer.close();
        assertThat(task).isCancelled();
        assertThat(waiting).failsWithin(TIMEOUT);
        assertThat(timer.isTerminated()).isTrue();
        assertThat(timer.advance(SECOND)).isZero();
    }

    @Test
    void schedule_veryFar_doesNotOverflow() {
        timer.schedule(note("never"), Long.MAX_VALUE, TimeUnit.DAYS);
        timer.schedule(note("now"), Long.MIN_VALUE, TimeUnit.DAYS);
        in(10, "soon");
        timer.advance(SECOND);
        assertThat(ran).containsExactly("now@0", "soon@10");
    }

    @Test
    void schedule_fromManyThreads_losesNothing() throws Exception {
        Crowd.run(8, member -> {
            for (int i = 0; i < 200; i++) {
                timer.schedule(() -> ran.add("x"), i, TimeUnit.MILLISECONDS);
            }
        });
        timer.advance(SECOND);
        assertThat(ran).hasSize(1_600);
        assertThat(timer.delays()).hasSize(1_600);
    }

    private static <T> CompletableFuture<T> waiting(Future<T> future) {
        CompletableFuture<T> result = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        result.complete(future.get());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                })
                .start();
        return result;
    }
}
