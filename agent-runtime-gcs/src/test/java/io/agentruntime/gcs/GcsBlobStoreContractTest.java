package io.agentruntime.gcs;

import com.google.cloud.storage.Storage;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.BlobStoreContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

class GcsBlobStoreContractTest extends BlobStoreContract {

    private GcsServer server;
    private Storage client;

    @Override
    protected BlobStore create() throws IOException {
        server = new GcsServer();
        client = server.client();
        return GcsBlobStore.of(client, GcsServer.BUCKET);
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
    }
}
