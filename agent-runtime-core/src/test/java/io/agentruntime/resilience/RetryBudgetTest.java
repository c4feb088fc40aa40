package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("flaw-56")
class RetryBudgetTest {

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final RetryBudget budget = RetryBudget.builder().ticker(now::get).build();

    private long takeAll() {
        long taken = 0;
        while (budget.tryRetry()) {
            taken++;
        }
        return taken;
    }

    @Test
    void budget_new_isFull() {
        assertThat(takeAll()).isEqualTo(20);
        assertThat(budget.granted()).isEqualTo(20);
        assertThat(budget.refused()).isEqualTo(1);
        assertThat(budget.available()).isZero();
        assertThat(budget).hasToString("retry budget: 0 of 20 available, 20 granted, 1 refused");
    }

    @Test
    void callBegins_oftenEnough_addsRetries() {
        takeAll();
        for (int call = 0; call < 100; call++) {
            budget.callBegins();
        }
        assertThat(takeAll()).isEqualTo(7);
        for (int call = 0; call < 100_000; call++) {
            budget.callBegins();
        }
        assertThat(takeAll()).as("no more than its capacity").isEqualTo(20);
    }

    @Test
    void time_addsRetries_exactlyHoweverOftenItIsLookedAt() {
        takeAll();
        for (int step = 0; step < 60_000; step++) {
            now.addAndGet(Duration.ofMillis(3).toNanos());
            budget.available();
            budget.tryRetry();
        }
        assertThat(budget.granted()).isEqualTo(20 + 3);
        now.addAndGet(Duration.ofDays(400).toNanos());
        assertThat(budget.available()).isEqualTo(20);
        now.addAndGet(-Duration.ofHours(1).toNanos());
        assertThat(takeAll()).as("a clock that goes back changes nothing").isEqualTo(20);
    }

    /** The bound of the Javadoc, in every stretch of a random history. */
    @Test
    void retries_inAnyStretch_keepToTheBound() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        RetryBudget small = RetryBudget.builder()
                .capacity(3)
                .share(0.1)
                .refill(Duration.ofSeconds(10))
                .ticker(now::get)
                .build();
        List<long[]> history = new ArrayList<>(); // time, calls so far, retries so far
        long calls = 0;
        for (int step = 0; step < 2_000; step++) {
            now.addAndGet(random.nextInt(10) == 0 ? random.nextLong(20_000_000_000L) : random.nextInt(200_000_000));
            history.add(new long[] {now.get(), calls, small.granted()});
            if (random.nextInt(3) > 0) {
                calls++;
                small.callBegins();
            }
            small.tryRetry();
            history.add(new long[] {now.get(), calls, small.granted()});
        }
        for (int from = 0; from < history.size(); from++) {
            for (int to = from; to < history.size(); to += 7) {
                long[] a = history.get(from);
                long[] b = history.get(to);
                double bound = 3 + 0.1 * (b[1] - a[1]) + (b[0] - a[0]) / 10e9;
                assertThat((double) (b[2] - a[2])).as("seed %d", seed).isLessThanOrEqualTo(bound + 1e-3);
            }
        }
    }

    @Test
    void retries_ofManyThreads_keepToTheBound() throws Exception {
        int threads = 8;
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int call = 0; call < 10_000; call++) {
                    budget.callBegins();
                    budget.tryRetry();
                    budget.tryRetry();
                }
            });
            thread.start();
            all.add(thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(budget.granted()).isBetween(80_000L * 7 / 100, 20L + 80_000 * 7 / 100);
        assertThat(budget.granted() + budget.refused()).isEqualTo(160_000);
    }

    @Test
    void builder_nonsense_isRefusedWithWhatIsAllowed() {
        RetryBudget.Builder builder = RetryBudget.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.capacity(0))
                .withMessageContaining("1 to 1000000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.share(1.1))
                .withMessageContaining("0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.share(Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.refill(Duration.ZERO))
                .withMessageContaining("more than zero");
    }
}
