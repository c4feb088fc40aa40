package io.agentruntime.benchmarks.cache;

import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.JmhGoal;
import io.agentruntime.benchmarks.harness.JmhResults;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.TemporaryFolder;
import io.agentruntime.cache.Content;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.storage.BlobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A hit on a summary of 4 KiB in a folder, beside reading the same file. The hit also parses the entry, checks its checksum, owner and
 * source, and builds the value. The limit leaves ten passes over what was read for that: more would mean needless copies.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContentHit {

    private static final String SENTENCE = "The tenant pays the rent on the first working day of every month. ";
    private static final int SUMMARY_LENGTH = 4_096;

    private final UsageContext owner = UsageContext.of("acme", "summaries");
    private final ContentSource source = ContentSource.of("lease.md", "the text of a lease");
    private final ContentKind<Summary> kind = ContentKind.of("summary", Summary.class);
    private final TemporaryFolder folder = TemporaryFolder.create();
    private final ContentCache cache =
            ContentCache.create(BlobStore.inDirectory(folder.path()), InstantSource.system());
    private final Path file = save();

    /** What the cache keeps. */
    public record Summary(String text) {}

    public static Goal goal() {
        return new JmhGoal(
                "content-hit",
                "ContentCache.find of a 4 KiB summary in a folder, beside Files.readAllBytes of the same file",
                Target.of(
                        Figure.atMost(10, "x plain read"),
                        Figure.shown("us"),
                        Figure.shown("B"),
                        Figure.shown("us plain read"),
                        Figure.shown("B plain read")),
                ContentHit.class,
                ContentHit::figures);
    }

    private static List<Double> figures(JmhResults results) {
        return List.of(
                results.score("hit") / results.score("plainRead"),
                results.score("hit"),
                results.bytes("hit"),
                results.score("plainRead"),
                results.bytes("plainRead"));
    }

    private Path save() {
        String text = SENTENCE.repeat(SUMMARY_LENGTH / SENTENCE.length() + 1).substring(0, SUMMARY_LENGTH);
        try (ContextScope scope = owner.open()) {
            cache.save(source, kind, new Summary(text));
        }
        return folder.files().get(0);
    }

    @Benchmark
    public Content<Summary> hit() {
        try (ContextScope scope = owner.open()) {
            return cache.find(source, kind).orElseThrow();
        }
    }

    @Benchmark
    public byte[] plainRead() throws IOException {
        return Files.readAllBytes(file);
    }

    @TearDown
    public void delete() {
        folder.close();
    }
}
