package io.agentruntime.testkit.cache;

import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.testkit.ManualExecutor;
import io.agentruntime.testkit.ManualScheduler;
import io.agentruntime.testkit.ManualTicker;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What a test needs to drive a cache by hand: its time, its timer, its tasks, and an owner. */
abstract class DrivenCacheFixture {

    final UsageContext owner = UsageContext.of("acme", "test");
    final ManualTicker ticker = new ManualTicker();
    final ManualScheduler timer = new ManualScheduler(ticker);
    final ManualExecutor executor = new ManualExecutor();
    final FaultyTier tier = new FaultyTier();
    ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = owner.open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
        timer.close();
    }

    /** A cache of texts on the given threads, without jitter. */
    final TieredCacheBuilder<String, String> driven(Executor threads) {
        return TieredCache.<String, String>builder("texts", threads)
                .clocks(ticker, ticker)
                .timer(timer)
                .jitter(0);
    }
}
