package io.agentruntime.benchmarks.cache;

import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A hit in memory of a {@link TieredCache} that asks whose it is, counts it and could compute; beside a look-up in a plain Caffeine
 * cache, which JetCache's local cache is made of too. All have the same bounds: {@value #KEYS} keys are read in turn, and none expires.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CacheHit {

    static final int KEYS = 1_024;
    private static final int SIZE = 10_000;
    private static final Duration TIME = Duration.ofMinutes(30);

    private final UsageContext owner = UsageContext.of("acme", "profiles");
    private final String[] keys = new String[KEYS];
    private final TieredCache<String, String> tiered = TieredCache.<String, String>builder("profiles", Runnable::run)
            .maximumSize(SIZE)
            .expireAfterWrite(TIME)
            .build();
    private final Cache<String, String> caffeine =
            Caffeine.newBuilder().maximumSize(SIZE).expireAfterWrite(TIME).build();
    private final com.alicp.jetcache.Cache<String, String> jetCache = CaffeineCacheBuilder.createCaffeineCacheBuilder()
            .limit(SIZE)
            .expireAfterWrite(TIME.toMillis(), TimeUnit.MILLISECONDS)
            .buildCache();

    public CacheHit() {
        try (ContextScope scope = owner.open()) {
            for (int i = 0; i < KEYS; i++) {
                keys[i] = "profile-" + i;
                tiered.put(keys[i], "value-" + i).join();
                caffeine.put(keys[i], "value-" + i);
                jetCache.put(keys[i], "value-" + i);
            }
        }
    }

    public static Goal goal() {
        return new JmhGoal(
                "cache-hit",
                "TieredCache.get of a value in memory, beside a plain Caffeine look-up and JetCache",
                Target.of(
                        Figure.atMost(50, "ns above caffeine"),
                        Figure.atMost(0, "B"),
                        Figure.shown("ns"),
                        Figure.shown("ns caffeine"),
                        Figure.shown("ns jetcache"),
                        Figure.shown("B jetcache")),
                CacheHit.class,
                CacheHit::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(
                results.score("agentRuntime") - results.score("plainCaffeine"),
                results.bytes("agentRuntime"),
                results.score("agentRuntime"),
                results.score("plainCaffeine"),
                results.score("jetCacheLocal"),
                results.bytes("jetCacheLocal"));
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public void agentRuntime(Blackhole values) {
        try (ContextScope scope = owner.open()) {
            for (String key : keys) {
                values.consume(tiered.get(key, CacheHit::absent));
            }
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public void plainCaffeine(Blackhole values) {
        for (String key : keys) {
            values.consume(caffeine.getIfPresent(key));
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public void jetCacheLocal(Blackhole values) {
        for (String key : keys) {
            values.consume(jetCache.get(key));
        }
    }

    private static String absent(String key) {
        throw new IllegalStateException("not in memory: " + key);
    }
}
