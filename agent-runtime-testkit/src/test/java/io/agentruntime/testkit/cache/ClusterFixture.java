package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheStatistics;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.cache.TieredCacheBuilder;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Several instances of a cache that share a tier, each driven by hand. */
abstract class ClusterFixture extends DrivenCacheFixture {

    static final Duration HOUR = Duration.ofHours(1);
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration LEASE = Duration.ofSeconds(60);
    static final String ENTRY = "cache/texts/organisations/acme/a";

    final AtomicInteger computed = new AtomicInteger();
    final BlobStore memory = BlobStore.inMemory();

    /** A cache in a process of its own. */
    final class Instance {
        final Tasks tasks = new Tasks();
        final TieredCache<String, String> cache;

        /** Each call of the tier is a task of its own, between which other instances come. */
        Instance(CacheTier shared) {
            cache = clustered(tasks).tier(shared, HOUR, SECOND).build();
        }

        CompletableFuture<String> ask() {
            return cache.getAsync("a", ClusterFixture.this::compute);
        }
    }

    /** What an instance has to do: in order, or in any order, as with several threads. */
    static final class Tasks implements Executor {
        private final List<Runnable> tasks = new ArrayList<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        void runNext() {
            tasks.remove(0).run();
        }

        void runAny(Random random) {
            tasks.remove(random.nextInt(tasks.size())).run();
        }

        void runAll() {
            while (!tasks.isEmpty()) {
                runNext();
            }
        }

        int pending() {
            return tasks.size();
        }
    }

    TieredCacheBuilder<String, String> clustered(Executor threads) {
        return driven(threads).codec(CacheCodec.json(String.class)).oncePerCluster(LEASE);
    }

    String compute(String key) {
        return key + " " + computed.incrementAndGet();
    }

    static CacheTier on(BlobStore store) {
        return CacheTier.on(store, "cache");
    }

    static List<String> names(BlobStore store) {
        try (Stream<BlobName> names = store.list()) {
            return names.map(BlobName::path).toList();
        }
    }

    List<Instance> instances(int count, CacheTier shared) {
        return Stream.generate(() -> new Instance(shared)).limit(count).toList();
    }

    /** One task of each at a time. */
    static void runInTurns(List<Instance> instances) {
        while (instances.stream().anyMatch(instance -> instance.tasks.pending() > 0)) {
            instances.stream().filter(i -> i.tasks.pending() > 0).forEach(i -> i.tasks.runNext());
        }
    }

    static void runAll(List<Instance> instances) {
        instances.forEach(instance -> instance.tasks.runAll());
    }

    static CacheStatistics.Tier figures(Instance instance) {
        return instance.cache.statistics().tiers().get(0);
    }

    /** Runs an instance until it has the claim, and then never again. */
    CompletableFuture<String> dieWithTheClaim(Instance instance, BlobStore store) {
        CompletableFuture<String> answer = instance.ask();
        while (names(store).isEmpty()) {
            instance.tasks.runNext();
        }
        assertThat(names(store)).containsExactly(ENTRY + "/claim");
        assertThat(computed).hasValue(0);
        return answer;
    }
}
