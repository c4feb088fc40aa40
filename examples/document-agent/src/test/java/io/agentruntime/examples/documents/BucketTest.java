package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.testkit.gcs.GcsFault;
import io.agentruntime.testkit.gcs.GcsOperation;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketTest {
    @TempDir
    private Path folder;

    private Path docs;
    private Path output;
    private GcsServer server;

    @BeforeEach
    void start() throws IOException {
        docs = Texts.folder(folder.resolve("docs"));
        output = folder.resolve("output");
        server = GcsServer.start("our-bucket");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Agent.Run process(String store) {
        return Agent.embedded()
                .with("GCS_ENDPOINT", server.endpoint().toString())
                .run("process", "--output", output, "--store", store, docs);
    }

    @Test
    void process_toABucket_keepsEverythingButTheUsageThere() throws Exception {
        server.script(GcsOperation.UPLOAD, GcsFault.status(503), GcsFault.done(GcsFault.reset()));

        Agent.Run run = process("gs://our-bucket/agents");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.line("Results: ")).isEqualTo("Results: gs://our-bucket/agents/local/generated");
        assertThat(server.names())
                .hasSize(12)
                .allMatch(name ->
                        name.matches("agents/local/(generated/[^/]+/(summary|faqs|questions)|documents/[^/]+)\\.json"))
                .allMatch(name -> server.generations(name) == 1);
        assertThat(Agent.files(output)).isEmpty();
        assertThat(Agent.usage(output)).hasSize(3);
    }

    @Test
    void process_unchangedDocumentsInABucket_makesNoCall() {
        process("gs://our-bucket/agents");

        Agent.Run again = process("gs://our-bucket/agents");

        assertThat(again.exitCode()).isZero();
        assertThat(again.out()).contains("Nothing changed: every answer came from the cache.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket", "gs://Bad Bucket", "gs://our-bucket/../x", "folder"})
    void process_toNoPlaceForBlobs_isRefused(String store) {
        Agent.Run run = process(store);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.problems()).hasSize(1).allMatch(line -> line.startsWith("error: --store: "));
    }
}
