package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A source that fails or is slow is covered by the last good value, and is left in peace. */
class StaleTest extends DrivenCacheFixture {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final AtomicInteger asked = new AtomicInteger();
    private boolean down;

    private TieredCacheBuilder<String, String> builder() {
        return driven(executor).expireAfterWrite(MINUTE).staleOnError(Duration.ofMinutes(10), Duration.ofSeconds(30));
    }

    private String source(String key) {
        int number = asked.incrementAndGet();
        if (down) {
            throw new IllegalStateException("down");
        }
        return key + " " + number;
    }

    private CompletableFuture<String> ask(TieredCache<String, String> cache) {
        CompletableFuture<String> answer = cache.getAsync("a", this::source);
        executor.runAll();
        return answer;
    }

    @Test
    void sourceFails_lastGoodValueIsServedAndTheSourceAskedOncePerInterval() {
        TieredCache<String, String> cache = builder().build();
        ask(cache).join();
        down = true;
        ticker.advance(MINUTE);
        for (int second = 0; second < 120; second++) {
            assertThat(ask(cache)).as("second %d", second).isCompletedWithValue("a 1");
            ticker.advance(SECOND);
        }
        assertThat(asked).hasValue(1 + 4);
        assertThat(cache.statistics().stale()).isEqualTo(120);
        down = false;
        assertThat(ask(cache)).isCompletedWithValue("a 6");
    }

    @Test
    void sourceFails_neverBeyondMaxStale() {
        TieredCache<String, String> cache = builder().build();
        ask(cache).join();
        down = true;
        ticker.advance(Duration.ofMinutes(11).minusNanos(1));
        assertThat(ask(cache)).isCompletedWithValue("a 1");
        ticker.advance(Duration.ofNanos(1));
        assertThatThrownBy(ask(cache)::join).hasCauseInstanceOf(CacheLoadException.class);
    }

    @Test
    void sourceIsSlow_lastGoodValueAfterTheSoftTimeout_andTheNewOneIsKept() {
        TieredCache<String, String> cache = builder().softTimeout(SECOND).build();
        ask(cache).join();
        ticker.advance(MINUTE);
        CompletableFuture<String> first = cache.getAsync("a", this::source);
        timer.advance(SECOND.minusNanos(1));
        assertThat(first).isNotDone();
        timer.advance(Duration.ofNanos(1));
        assertThat(first).isCompletedWithValue("a 1");
        assertThat(cache.getAsync("a", this::source)).as("known to be slow").isCompletedWithValue("a 1");
        assertThat(executor.pending()).as("one computation").isEqualTo(1);
        executor.runAll();
        assertThat(cache.getIfPresent("a")).contains("a 2");
        assertThat(asked).hasValue(2);
        assertThat(timer.pending()).isZero();
    }

    @Test
    void sourceIsSlow_nothingToFallBackOn_waitsUntilTheHardTimeout() {
        TieredCache<String, String> cache =
                builder().softTimeout(SECOND).hardTimeout(Duration.ofSeconds(3)).build();
        CompletableFuture<String> answer = cache.getAsync("a", this::source);
        timer.advance(Duration.ofSeconds(2));
        assertThat(answer).isNotDone();
        timer.advance(SECOND);
        assertThatThrownBy(answer::join).hasRootCauseInstanceOf(TimeoutException.class);
        executor.runAll();
        assertThat(cache.getIfPresent("a")).contains("a 1");
    }

    @Test
    void sourceIsSlow_invalidatedMeanwhile_theOldValueIsNotServed() {
        TieredCache<String, String> cache = builder().softTimeout(SECOND).build();
        ask(cache).join();
        ticker.advance(MINUTE);
        CompletableFuture<String> answer = cache.getAsync("a", this::source);
        CompletableFuture<Void> unused = cache.invalidate("a");
        timer.advance(SECOND);
        assertThat(answer).isNotDone();
        executor.runAll();
        assertThat(answer).isCompletedWithValue("a 2");
        assertThat(cache.getIfPresent("a")).isEmpty();
    }

    @Test
    void restarted_sourceFails_theLowerTierHasTheLastGoodValue() {
        FaultyTier tier = new FaultyTier();
        TieredCacheBuilder<String, String> tiered =
                builder().tier(tier, MINUTE, SECOND).codec(CacheCodec.json(String.class));
        ask(tiered.build()).join();
        down = true;
        ticker.advance(Duration.ofMinutes(5));
        TieredCache<String, String> restarted = tiered.build();
        assertThat(ask(restarted)).isCompletedWithValue("a 1");
        assertThat(ask(restarted)).as("within the interval").isCompletedWithValue("a 1");
        assertThat(asked).hasValue(2);
        assertThat(restarted.statistics().tiers().get(0).stale()).isEqualTo(1);
        ticker.advance(Duration.ofMinutes(6));
        assertThat(ask(restarted)).as("beyond maxStale").isCompletedExceptionally();
    }

    @Test
    void eagerRefresh_onceInTheBackground_nobodyWaits() {
        TieredCache<String, String> cache = builder().eagerRefresh(0.8).build();
        ask(cache).join();
        ticker.advance(Duration.ofSeconds(47));
        assertThat(ask(cache)).isCompletedWithValue("a 1");
        assertThat(asked).hasValue(1);
        ticker.advance(SECOND);
        assertThat(cache.getAsync("a", this::source)).isCompletedWithValue("a 1");
        assertThat(cache.getAsync("a", this::source)).isCompletedWithValue("a 1");
        assertThat(executor.runAll()).isEqualTo(1);
        assertThat(cache.getAsync("a", this::source)).isCompletedWithValue("a 2");
        assertThat(cache.statistics()).matches(s -> s.misses() == 1 && s.hits() == 4);
    }

    @Test
    void eagerRefresh_fails_isTriedAgainAfterTheInterval() {
        TieredCache<String, String> cache = builder().eagerRefresh(0.1).build();
        ask(cache).join();
        down = true;
        ticker.advance(Duration.ofSeconds(6));
        for (int second = 0; second < 40; second++) {
            assertThat(ask(cache)).isCompletedWithValue("a 1");
            ticker.advance(SECOND);
        }
        assertThat(asked).hasValue(1 + 2);
    }
}
