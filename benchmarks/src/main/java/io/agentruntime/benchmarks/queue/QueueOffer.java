package io.agentruntime.benchmarks.queue;

import ch.qos.logback.core.AsyncAppenderBase;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * What one of four producers pays to hand over an event while a thread takes batches of up to {@value #BATCH_SIZE} and does nothing with
 * them. A producer that was refused rests outside the measured time, so nearly all samples are accepted events. Every sample
 * contains the reading of the clock; {@code timer} shows how much that is. Beside it: a plain {@code LinkedBlockingQueue}, OpenTelemetry's
 * {@code BatchSpanProcessor} and Logback's {@code AsyncAppender}; the last two drop what finds no room without a word.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(4)
public class QueueOffer {

    static final int BATCH_SIZE = 500;
    private static final int CAPACITY = 100_000;
    private static final Object EVENT = new Object();

    private final BackgroundQueue<Object> queue = BackgroundQueue.builder("bench", batch -> {})
            .capacity(CAPACITY)
            .batchSize(BATCH_SIZE)
            .build();
    private final LinkedBlockingQueue<Object> plain = new LinkedBlockingQueue<>(CAPACITY);
    private final Telemetry telemetry = Telemetry.start(CAPACITY, BATCH_SIZE);
    private final AsyncAppenderBase<Object> appender = Appenders.start(CAPACITY);
    private final Thread plainWorker = new Thread(this::drainPlain, "plain-worker");

    public static Goal goal() {
        return new JmhGoal(
                "queue-offer",
                "BackgroundQueue.enqueue with 4 producers, beside other queues and an empty method",
                Target.of(
                        Figure.atMost(100, "ns p50"),
                        Figure.atMost(5_000, "ns p99"),
                        Figure.shown("B"),
                        Figure.shown("ns p50 plain"),
                        Figure.shown("ns p99 plain"),
                        Figure.shown("ns p50 otel"),
                        Figure.shown("ns p99 otel"),
                        Figure.shown("ns p50 logback"),
                        Figure.shown("ns p99 logback"),
                        Figure.shown("ns p50 timer")),
                QueueOffer.class,
                QueueOffer::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(
                results.percentile("enqueue", 50),
                results.percentile("enqueue", 99),
                results.bytes("enqueue"),
                results.percentile("plain", 50),
                results.percentile("plain", 99),
                results.percentile("telemetry", 50),
                results.percentile("telemetry", 99),
                results.percentile("logback", 50),
                results.percentile("logback", 99),
                results.percentile("timer", 50));
    }

    /** Remembers a refusal from one call to the next. */
    @State(Scope.Thread)
    public static class Producer {

        private static final long REST_MICROS = 100;
        private boolean accepted = true;

        @Setup(Level.Invocation)
        public void restAfterRefusal() {
            if (!accepted) {
                Pause.micros(REST_MICROS);
            }
        }
    }

    @Benchmark
    public void enqueue(Producer producer) {
        producer.accepted = queue.enqueue(EVENT).accepted();
    }

    @Benchmark
    public void plain(Producer producer) {
        producer.accepted = plain.offer(EVENT);
    }

    /** Drops what finds no room, and does not tell. */
    @Benchmark
    public void telemetry(Producer producer) {
        telemetry.offer();
        producer.accepted = true;
    }

    /** Drops what finds no room, and does not tell, as it is set here. */
    @Benchmark
    public void logback(Producer producer) {
        appender.doAppend(EVENT);
        producer.accepted = true;
    }

    @Benchmark
    public void timer(Producer producer) {
        producer.accepted = true;
    }

    private void drainPlain() {
        try {
            while (true) {
                List<Object> batch = new ArrayList<>(BATCH_SIZE);
                batch.add(plain.take());
                plain.drainTo(batch, BATCH_SIZE - 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Setup
    public void start() {
        queue.start();
        plainWorker.start();
    }

    @TearDown
    public void stop() throws InterruptedException {
        queue.stop(Deadline.after(Duration.ofSeconds(10)));
        telemetry.stop();
        appender.stop();
        plainWorker.interrupt();
        plainWorker.join();
    }
}
