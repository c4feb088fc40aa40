package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.AgentRuntime;
import io.agentruntime.bulk.BulkJob;
import io.agentruntime.bulk.BulkQueue;
import io.agentruntime.context.UsageContext;
import io.agentruntime.jdbc.DuckDbUsageStore;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pieces of the README on queues: the same statements, run. */
class ReadmeQueuePiecesTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private final List<Throwable> alerts = new CopyOnWriteArrayList<>();

    record Mail(String recipient, String text) {}

    @Test
    void readme_itsPieces_areThoseOfThisTest() throws IOException {
        ReadmePieces.assertIn(ReadmeQueuePiecesTest.class, "Queues in three pieces", 3);
    }

    @Test
    void runtime() throws Exception {
        AgentRuntime runtime = AgentRuntime.builder()
                .usageStore(DuckDbUsageStore.open(folder.resolve("usage.duckdb")))
                .journals(folder.resolve("queues"))
                .build()
                .start();
        try (var scope = UsageContext.of("acme", "library").open()) {
            runtime.audit().record("document.delete", "report.pdf", "done");
        }
        assertThat(runtime.audit().flush(SOON)).isTrue();
        assertThat(runtime.close(SOON).clean()).isTrue();
    }

    @Test
    void own() throws Exception {
        BackgroundQueue<Mail> mails = BackgroundQueue.perEvent("mails", this::send)
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Mail.class))
                .overflow(Overflow.blockThenSpill(Duration.ofMillis(100)))
                .orderedBy(Mail::recipient)
                .concurrency(4)
                .deadLetter(dead -> alert(dead.cause()))
                .build();
        assertThat(mails.enqueue(new Mail("ada", "hello")).accepted()).isTrue();
        assertThat(mails.flush(SOON)).isTrue();
        mails.stop(Deadline.after(SOON));
        assertThat(sent).containsExactly("hello");
        assertThat(alerts).isEmpty();
    }

    @Test
    void bulk() throws Exception {
        try (AgentRuntime runtime = AgentRuntime.builder().build().start()) {
            List<String> files = List.of("a", "bc");
            BulkQueue<String, Integer> imports = runtime.bulkQueue("imports", String.class, file -> index(file));
            BulkJob<Integer> job = imports.submit("nightly", files);
            job.completion().thenAccept(done -> System.out.println(done.progress()));
            assertThat(job.completion()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .results())
                    .extracting(BulkJob.Result::value)
                    .containsExactly(1, 2);
        }
    }

    private void send(Mail mail) {
        sent.add(mail.text());
    }

    private void alert(Throwable cause) {
        alerts.add(cause);
    }

    private static int index(String file) {
        return file.length();
    }
}
