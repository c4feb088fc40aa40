package io.agentruntime.gcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.BlobStoreContract;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GcsBlobStoreContractTest extends BlobStoreContract {

    private GcsServer server;
    private GcsBlobStore store;

    @Override
    protected BlobStore create() throws IOException {
        server = GcsServer.start(Clients.BUCKET);
        store = GcsBlobStore.open(
                URI.create("gs://" + Clients.BUCKET + "/team/blobs"),
                GcsSettings.create().withEndpoint(server.endpoint()));
        return store;
    }

    @Test
    void stream_ofManyMegabytes_needsLittleMemory() throws IOException {
        assertStreams(50 << 20, 24 << 20);
    }

    @Test
    @Tag("stress")
    void stream_ofAGigabyte_needsLittleMemory() throws IOException {
        assertStreams(1 << 30, 64 << 20);
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(server.names()).isEmpty();
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }
}
