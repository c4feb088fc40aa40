package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int KEYS = 10;

    private final Set<Integer> busy = ConcurrentHashMap.newKeySet();
    private final Map<Integer, List<Integer>> byKey = new ConcurrentHashMap<>();

    @Test
    void randomFailures_eachKeyKeepsItsOrderAndIsNeverHandledTwiceAtOnce() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> faults = new CopyOnWriteArrayList<>();
        List<Integer> dead = new CopyOnWriteArrayList<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    int key = batch.get(0) % KEYS;
                    if (!busy.add(key)) {
                        faults.add("twice at once: " + key);
                    }
                    try {
                        if (batch.stream().anyMatch(event -> event % KEYS != key)) {
                            faults.add("several keys: " + batch);
                        }
                        if (random.nextInt(4) == 0) {
                            throw new IllegalStateException("asked for");
                        }
                        byKey.computeIfAbsent(key, k -> Collections.synchronizedList(new CopyOnWriteArrayList<>()))
                                .addAll(batch);
                    } finally {
                        busy.remove(key);
                    }
                })
                .capacity(10_000)
                .batchSize(7)
                .concurrency(4)
                .orderedBy(event -> event % KEYS)
                .linger(Duration.ZERO)
                .attempts(2, Duration.ZERO)
                .deadLetter(event -> dead.add(event.event()))
                .build();
        IntStream.range(0, 5_000).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).as("seed %d", seed).isZero();
        assertThat(faults).as("seed %d", seed).isEmpty();
        assertThat(byKey.values())
                .allSatisfy(events -> assertThat(events).as("seed %d", seed).isSorted());
        assertThat(byKey.values().stream().mapToInt(List::size).sum() + dead.size())
                .as("seed %d", seed)
                .isEqualTo(5_000);
    }

    @Test
    void failingKey_oneWorker_doesNotHoldUpTheOthers() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    if (batch.contains(0)) {
                        throw new IllegalStateException("asked for");
                    }
                    byKey.computeIfAbsent(batch.get(0) % KEYS, k -> new CopyOnWriteArrayList<>())
                            .addAll(batch);
                })
                .orderedBy(event -> event % KEYS)
                .linger(Duration.ZERO)
                .attempts(2, Duration.ofDays(1)) // it waits for its second attempt all the time
                .build();
        IntStream.range(0, 100).forEach(queue::enqueue);
        while (byKey.values().stream().mapToInt(List::size).sum() < 90) {
            Thread.onSpinWait();
        }
        assertThat(byKey).doesNotContainKey(0);
        assertThat(queue.statistics().pending()).isEqualTo(10);
        queue.stop(Deadline.after(Duration.ZERO));
    }

    @Test
    void busyKey_anotherWorker_doesNotHoldUpTheOthers() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(9);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    if (batch.get(0) % KEYS == 0) {
                        letGo.await();
                    } else {
                        others.countDown();
                    }
                })
                .concurrency(2)
                .batchSize(10)
                .linger(Duration.ofDays(1))
                .orderedBy(event -> event % KEYS)
                .build();
        IntStream.range(0, 100).forEach(queue::enqueue);
        others.await();
        letGo.countDown();
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
    }

    @Test
    void keyOfWhichNothingIsLeft_costsNothing() {
        QueueConfig<Integer> config = config();
        Lanes<Integer> lanes = new Lanes<>(config);
        for (int key = 0; key < 100; key++) {
            assertThat(lanes.add(new QueuedEvent<>(key, null, key, 0))).isTrue();
        }
        Lane<Integer> lane = lanes.pollDue(0, false);
        while (lane != null) {
            assertThat(lanes.take(lane, 10)).hasSize(1);
            lanes.forgetIfIdle(lane);
            lane = lanes.pollDue(0, false);
        }
        assertThat(lanes.keys()).isZero();
    }

    private static QueueConfig<Integer> config() {
        return new QueueConfig<>(
                "test",
                events -> {},
                null,
                new QueueConfig.Bounds<>(1_000, Long.MAX_VALUE, null, Overflow.reject()),
                new QueueConfig.Batching<>(10, Duration.ZERO, 1, event -> event),
                new QueueConfig.Retry(1, new Backoff(Duration.ZERO), null),
                null,
                new QueueConfig.Hooks(() -> {}, () -> {}),
                QueueClock.SYSTEM);
    }
}
