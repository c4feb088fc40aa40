package io.agentruntime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AsyncBlobStoreTest {

    private static final BlobName NAME = BlobName.of("acme", "a");

    private final BlobStore blobs = BlobStore.inMemory();

    @Test
    void calls_areMadeByTheExecutorOnly() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        AsyncBlobStore store = AsyncBlobStore.of(blobs, tasks::add);
        CompletableFuture<BlobInfo> stored = store.put(NAME, new byte[] {1});
        assertThat(stored).isNotDone();
        assertThat(blobs.head(NAME)).isEmpty();
        tasks.remove().run();
        assertThat(stored.join()).isEqualTo(blobs.head(NAME).orElseThrow());
    }

    @Test
    void calls_giveWhatTheStoreGives() {
        AsyncBlobStore store = AsyncBlobStore.of(blobs, Runnable::run);
        BlobInfo info = store.put(NAME, new byte[] {1}, PutOptions.of("a/b")).join();
        assertThat(store.get(NAME).join()).hasValue(new byte[] {1});
        assertThat(store.head(NAME).join()).hasValue(info);
        assertThat(store.list(BlobName.of("acme")).join()).containsExactly(NAME);
        assertThat(store.call(all -> all.range(NAME, 0, 1)).join()).hasValue(new byte[] {1});
        assertThat(store.delete(NAME).join()).isTrue();
        assertThat(store.delete(NAME).join()).isFalse();
    }

    @Test
    void call_thatFails_failsItsFuture() {
        AsyncBlobStore store = AsyncBlobStore.of(blobs, Runnable::run);
        assertThatThrownBy(
                        () -> store.put(NAME, new byte[1], PutOptions.of("a/b").ifVersion("7"))
                                .join())
                .hasCauseInstanceOf(StorageException.class);
    }

    @Test
    void call_thatIsRefused_failsItsFuture() {
        AsyncBlobStore store = AsyncBlobStore.of(blobs, task -> {
            throw new RejectedExecutionException("full");
        });
        assertThatThrownBy(() -> store.get(NAME).join()).hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void cancel_ofACallUnderWay_interruptsIt() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try {
            CompletableFuture<Boolean> call = AsyncBlobStore.of(blobs, threads).call(all -> {
                begun.countDown();
                try {
                    return new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    return false;
                }
            });
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(call.cancel(true)).isTrue();
            assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(call).isCancelled();
        } finally {
            threads.shutdownNow();
        }
    }
}
