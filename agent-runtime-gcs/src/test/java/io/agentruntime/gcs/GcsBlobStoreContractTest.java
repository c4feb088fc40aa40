package io.agentruntime.gcs;

import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.BlobStoreContract;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;

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

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }
}
