package io.agentruntime.benchmarks.queue;

import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a producer pays to hand over an event of 200 bytes that is in the journal when the call returns, so that it outlives the process; not
 * forced to the disk. The handler does nothing, and what it took is acknowledged meanwhile.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(java.util.concurrent.TimeUnit.NANOSECONDS)
public class QueueJournal {

    private static final String EVENT = "x".repeat(200);

    private Path folder = Path.of(".");
    private BackgroundQueue<String> queue =
            BackgroundQueue.<String>builder("unused", batch -> {}).build();

    public static Goal goal() {
        return new JmhGoal(
                "queue-journal",
                "BackgroundQueue.enqueue of 200 bytes with a journal that is not forced to the disk",
                Target.of(Figure.atMost(2_000, "ns p50"), Figure.shown("ns p99"), Figure.shown("B")),
                QueueJournal.class,
                QueueJournal::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(results.percentile("enqueue", 50), results.percentile("enqueue", 99), results.bytes("enqueue"));
    }

    /** The bytes of a text: what a codec costs is its own affair. */
    private static final class Utf8 implements EventCodec<String> {

        @Override
        public byte[] encode(String event) {
            return event.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String decode(byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    @Setup
    public void start() throws IOException {
        folder = Files.createTempDirectory("journal");
        queue = BackgroundQueue.<String>builder("bench", batch -> {})
                .capacity(100_000)
                .overflow(Overflow.spill())
                .journal(Journal.inDirectory(folder).open(), new Utf8())
                .build();
        queue.start();
    }

    @Benchmark
    public void enqueue() {
        if (!queue.enqueue(EVENT).accepted()) {
            throw new IllegalStateException("refused: " + queue.statistics());
        }
    }

    @TearDown
    public void stop() throws InterruptedException, IOException {
        queue.stop(Deadline.after(Duration.ofSeconds(30)));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
