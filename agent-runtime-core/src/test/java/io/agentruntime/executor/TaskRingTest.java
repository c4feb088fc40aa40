package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskRingTest {

    private final WorkloadExecutor workload = WorkloadExecutor.create(new Workload("ring", 1, 10));

    @AfterEach
    void close() {
        workload.shutdownNow();
    }

    private WorkloadTask<Integer> task(int value) {
        return new WorkloadTask<>(() -> value, workload);
    }

    private static int valueOf(WorkloadTask<?> task) {
        task.run();
        return (Integer) task.join();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 1_000, 1_024})
    void offerAndPoll_severalTimesAround_keepOrderAndCapacity(int capacity) {
        TaskRing ring = new TaskRing(capacity);
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < capacity; i++) {
                assertThat(ring.offer(task(i))).isTrue();
            }
            assertThat(ring.offer(task(-1))).as("beyond the capacity").isFalse();
            assertThat(ring.size()).isEqualTo(capacity);
            for (int i = 0; i < capacity; i++) {
                assertThat(valueOf(ring.poll(null))).isEqualTo(i);
            }
            assertThat(ring.poll(null)).isNull();
            assertThat(ring.size()).isZero();
        }
        assertThat(ring.accepted()).isEqualTo(5L * capacity);
    }

    @Test
    void offer_moreSlotsThanTheRingHas_fails() {
        TaskRing ring = new TaskRing(1_000_000, 1_024);
        long taken = IntStream.range(0, 2_000).filter(i -> ring.offer(task(i))).count();
        assertThat(taken).isEqualTo(1_024);
        assertThat(ring.size()).isEqualTo(1_024);
    }

    @Test
    void offer_tasksWaitElsewhere_takeRoom() {
        TaskRing ring = new TaskRing(3);
        ring.waitElsewhere(2);
        assertThat(ring.offer(task(1))).isTrue();
        assertThat(ring.offer(task(2))).isFalse();
        ring.waitElsewhere(1);
        assertThat(ring.offer(task(2))).isTrue();
        assertThat(ring.size()).isEqualTo(3);
    }

    @Test
    void poll_aTakerWatches_seesTheTaskBeforeItIsGone() {
        TaskRing ring = new TaskRing(2);
        WorkloadTask<Integer> task = task(1);
        Worker taker = new Worker(workload.pool(), task(0), Thread::new);
        assertThat(ring.offer(task)).isTrue();
        assertThat(ring.poll(taker)).isSameAs(task);
        assertThat(taker.task).isSameAs(task);
    }

    /** Many threads at both ends of a ring so small that it is full and empty all the time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void offerAndPoll_byManyThreads_loseNothingAndKeepEachOnesOrder(int capacity) throws InterruptedException {
        int producers = 2;
        int each = 20_000;
        TaskRing ring = new TaskRing(capacity);
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        AtomicInteger left = new AtomicInteger(producers * each);
        List<String> wrong = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int first = p * each;
            threads.add(new Thread(() -> offerAll(ring, first, each)));
        }
        for (int t = 0; t < 2; t++) {
            threads.add(new Thread(() -> {
                int[] last = {-1, -1};
                while (left.get() > 0) {
                    WorkloadTask<?> task = ring.poll(null);
                    if (task == null) {
                        Thread.onSpinWait();
                        continue;
                    }
                    int value = valueOf(task);
                    left.decrementAndGet();
                    if (!seen.add(value) || value <= last[value / each] || ring.size() > capacity) {
                        synchronized (wrong) {
                            wrong.add(value + " after " + last[value / each]);
                        }
                    }
                    last[value / each] = value;
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(seen).hasSize(producers * each);
        assertThat(ring.accepted()).isEqualTo((long) producers * each);
    }

    private void offerAll(TaskRing ring, int first, int count) {
        for (int i = first; i < first + count; i++) {
            WorkloadTask<Integer> task = task(i);
            while (!ring.offer(task)) {
                Thread.onSpinWait();
            }
        }
    }
}
