package io.agentruntime.resilience;

import static io.agentruntime.resilience.Failing.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry.GiveUp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What many calls and many layers do to a provider that is down. */
@Tag("flaw-56")
class RetryLoadTest {

    private final ManualTimer timer = new ManualTimer();
    private final RetryBudget budget =
            RetryBudget.builder().ticker(timer.ticker()).build();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Callable<String> dead = () -> {
        attempts.incrementAndGet();
        throw new ProviderHttpException(503, "", Map.of());
    };

    private CompletableFuture<String> deadAsync() {
        attempts.incrementAndGet();
        return CompletableFuture.failedFuture(new ProviderHttpException(503, "", Map.of()));
    }

    private ModelRetry.Builder retry() {
        return ModelRetry.builder("chat", timer).clock(timer.clock()).budget(budget);
    }

    private Deadline soon() {
        return timer.in(Duration.ofMinutes(5));
    }

    @Test
    void thousandCalls_oneAfterAnother_makeAtMostElevenHundredAttempts() {
        timer.jumping();
        ModelRetry retry = retry().build();
        long from = timer.ticker().read();
        for (int call = 0; call < 1_000; call++) {
            fails(() -> retry.call(dead, soon()));
        }
        long minutes = Duration.ofNanos(timer.ticker().read() - from).toMinutes();
        assertThat(minutes).isLessThan(10);
        assertThat(attempts.get()).isBetween(1_080, 1_100);
        ModelRetry.Statistics statistics = retry.statistics();
        assertThat(statistics.retries()).isEqualTo(attempts.get() - 1_000).isEqualTo(budget.granted());
        assertThat(statistics.gaveUp().get(GiveUp.BUDGET)).isEqualTo(budget.refused());
        assertThat(statistics.gaveUp().get(GiveUp.BUDGET) + statistics.gaveUp().get(GiveUp.ATTEMPTS))
                .isEqualTo(1_000);
    }

    @Test
    void thousandCalls_atOnce_makeAtMostElevenHundredAttempts() throws Exception {
        ModelRetry retry = retry().build();
        ModelRetry other = ModelRetry.builder("other", timer).budget(budget).build();
        WorkloadExecutor callers = WorkloadExecutor.create(new Workload("callers", 8, 1_000));
        Queue<CompletableFuture<String>> results = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int call = 0; call < 1_000; call++) {
            ModelRetry one = call % 2 == 0 ? retry : other;
            calls.add(callers.submit(() -> results.add(one.callAsync(this::deadAsync, soon()))));
        }
        calls.forEach(CompletableFuture::join);
        timer.advance(Duration.ofMinutes(1));
        assertThat(results).hasSize(1_000).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(attempts.get()).isBetween(1_080, 1_100);
        callers.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void singleCall_ofAQuietHost_hasAllItsRetries() {
        timer.jumping();
        ModelRetry retry = retry().build();
        for (int call = 0; call < 100; call++) {
            fails(() -> retry.call(dead, soon()));
            timer.advance(Duration.ofMinutes(2));
        }
        assertThat(attempts).hasValue(300);
    }

    @Test
    void budget_usedUp_failsAtOnceWithWhatTheProviderSaid() {
        while (budget.tryRetry()) {
            assertThat(budget.granted()).isLessThan(100);
        }
        List<String> events = new ArrayList<>();
        ModelRetry retry = retry().listener(new EventList(events)).build();
        assertThat(catchThrowable(() -> retry.call(dead, soon()))).isInstanceOf(ProviderHttpException.class);
        assertThat(events).endsWith("gave up 1 BUDGET");
        assertThat(timer.takeDelays()).isEmpty();
    }

    /** Fifty clients that fail together must not come back together. */
    @Test
    void retries_ofFiftyClients_areSpread() {
        for (int trial = 0; trial < 20; trial++) {
            Random random = new Random(trial);
            List<Duration> waits = new ArrayList<>();
            ManualTimer jumping = new ManualTimer().jumping();
            for (int client = 0; client < 50; client++) {
                ModelRetry own = ModelRetry.builder("client", jumping)
                        .attempts(6)
                        .random(random::nextDouble)
                        .build();
                fails(() -> own.call(dead, jumping.in(Duration.ofHours(1))));
                waits.addAll(jumping.takeDelays());
            }
            for (int attempt = 0; attempt < 5; attempt++) {
                Map<Long, Integer> buckets = new HashMap<>();
                for (int client = 0; client < 50; client++) {
                    Duration wait = waits.get(client * 5 + attempt);
                    buckets.merge(wait.toMillis() / 100, 1, Integer::sum);
                    assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
                }
                assertThat(buckets.values())
                        .as("retry %d, seed %d", attempt + 1, trial)
                        .allMatch(n -> n <= 15);
            }
        }
    }

    /** The tutorial's tool called its model 2 x 3 x 3 times. */
    @Test
    void nestedRetries_onOneThread_doNotMultiply() {
        timer.jumping();
        ModelRetry tool = retry().attempts(2).build();
        ModelRetry model = retry().build();
        List<String> events = new ArrayList<>();
        ModelRetry client = retry().listener(new EventList(events)).build();
        fails(() -> tool.call(() -> model.call(() -> client.call(dead, soon()), soon()), soon()));
        assertThat(attempts).hasValue(2);
        assertThat(events).endsWith("gave up 1 NESTED");
        assertThat(model.statistics().retries()).isZero();
        attempts.set(0);
        fails(() -> client.call(dead, soon()));
        assertThat(attempts).as("outside of the others it has its own").hasValue(3);
    }

    @Test
    void nestedRetries_onOtherThreads_doNotMultiply() throws Exception {
        timer.jumping();
        WorkloadExecutor pool = WorkloadExecutor.create(new Workload("agents", 2, 10));
        ModelRetry outer = retry().attempts(2).build();
        ModelRetry inner = retry().build();
        fails(() -> outer.call(
                () -> {
                    try {
                        return pool.submit(() -> inner.call(dead, soon())).get();
                    } catch (java.util.concurrent.ExecutionException e) {
                        throw (Exception) e.getCause();
                    }
                },
                soon()));
        assertThat(attempts).hasValue(2);
        attempts.set(0);
        CompletableFuture<String> result = outer.callAsync(() -> pool.submit(() -> inner.call(dead, soon())), soon());
        assertThat(result.handle((value, failure) -> failure).join()).isInstanceOf(ProviderHttpException.class);
        assertThat(attempts).hasValue(2);
        pool.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void work_thatOutlivesTheAttempt_hasItsOwnRetries() throws Exception {
        timer.jumping();
        WorkloadExecutor pool = WorkloadExecutor.create(new Workload("agents", 1, 10));
        ModelRetry retry = retry().build();
        CompletableFuture<String> later = new CompletableFuture<>();
        CompletableFuture<Throwable> background = retry.call(
                () -> pool.submit(() -> {
                    later.join();
                    return catchThrowable(() -> retry.call(dead, soon()));
                }),
                soon());
        later.complete("the call is over");
        assertThat(background.get()).isInstanceOf(ProviderHttpException.class);
        assertThat(attempts).hasValue(3);
        pool.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    @Test
    void singleAttempt_aroundAnother_leavesTheRetriesToIt() {
        timer.jumping();
        ModelRetry off = retry().attempts(1).build();
        fails(() -> off.call(() -> retry().build().call(dead, soon()), soon()));
        assertThat(attempts).hasValue(3);
    }
}
