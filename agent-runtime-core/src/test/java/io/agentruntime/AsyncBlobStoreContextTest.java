package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.storage.AsyncBlobStore;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The store's calls on a workload: neither package knows the other. */
class AsyncBlobStoreContextTest {

    @Test
    void call_onAWorkload_seesTheContextOfItsCaller() throws Exception {
        WorkloadExecutor io = WorkloadExecutor.create(new Workload("blobs", 1, 10));
        try {
            AsyncBlobStore store = AsyncBlobStore.of(BlobStore.inMemory(), io);
            CompletableFuture<String> owner;
            try (var scope = UsageContext.of("acme", "blobs").open()) {
                owner = store.call(blobs -> {
                    BlobName name = BlobName.of(UsageContext.required().organisation(), "a");
                    return blobs.put(name, new byte[1]).name().path();
                });
            }
            assertThat(owner.join()).isEqualTo("acme/a");
        } finally {
            assertThat(io.stop(Deadline.after(Duration.ofSeconds(30)))).isZero();
        }
    }
}
