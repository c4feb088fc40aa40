package io.agentruntime.testkit;

import io.agentruntime.storage.BlobStore;

class InMemoryBlobStoreTest extends BlobStoreContract {

    @Override
    protected BlobStore create() {
        return BlobStore.inMemory();
    }
}
