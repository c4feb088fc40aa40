package io.agentruntime.benchmarks.queue;

import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Events per second from four producers, who try again when the queue is full, through a handler that only counts. */
public final class QueueDrain implements WholeRun {

    private static final int PRODUCERS = 4;
    private static final int CAPACITY = 100_000;
    private static final long PAUSE_MICROS = 50;
    private static final Object EVENT = new Object();

    QueueDrain() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "queue-drain",
                "events through a BackgroundQueue from 4 producers to a handler that does nothing",
                Target.of(Figure.atLeast(500_000, "events/s")),
                QueueDrain.class);
    }

    @Override
    public List<Double> run(Effort effort) throws InterruptedException {
        int events = effort.amount(4_000_000, 200_000);
        pass(events / 4); // warm
        return List.of(pass(events));
    }

    private static double pass(int events) throws InterruptedException {
        LongAdder handled = new LongAdder();
        BackgroundQueue<Object> queue = BackgroundQueue.builder("bench", batch -> handled.add(batch.size()))
                .capacity(CAPACITY)
                .build();
        queue.start();
        long began = System.nanoTime();
        produce(queue, events / PRODUCERS);
        boolean flushed = queue.flush(Duration.ofMinutes(1));
        double seconds = (System.nanoTime() - began) / 1e9;
        queue.stop(Deadline.after(Duration.ofSeconds(10)));
        if (!flushed || handled.sum() != events) {
            throw new IllegalStateException(handled.sum() + " of " + events + " events arrived");
        }
        return events / seconds;
    }

    private static void produce(BackgroundQueue<Object> queue, int eventsEach) throws InterruptedException {
        List<Thread> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            Thread producer = new Thread(() -> enqueueAll(queue, eventsEach));
            producers.add(producer);
            producer.start();
        }
        for (Thread producer : producers) {
            producer.join();
        }
    }

    private static void enqueueAll(BackgroundQueue<Object> queue, int events) {
        for (int i = 0; i < events; i++) {
            while (!queue.enqueue(EVENT).accepted()) {
                Pause.micros(PAUSE_MICROS);
            }
        }
    }
}
