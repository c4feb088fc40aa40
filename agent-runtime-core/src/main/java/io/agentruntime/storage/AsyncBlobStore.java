package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Makes the calls of a {@link BlobStore} on an executor, so that the caller need not wait: on the runtime's io workload, which carries the
 * caller's context to them.
 *
 * <p>A future fails with what the store throws, and with a {@link RejectedExecutionException} if the executor refuses the call. Cancelling
 * it interrupts the call if it is under way. Thread-safe; closes neither the store nor the executor.
 */
public final class AsyncBlobStore {

    private final BlobStore store;
    private final Executor executor;

    private AsyncBlobStore(BlobStore store, Executor executor) {
        this.store = store;
        this.executor = executor;
    }

    /**
     * Puts an executor before a store.
     *
     * @param store where the blobs are
     * @param executor where the calls are made
     * @return the same blobs, without waiting
     */
    public static AsyncBlobStore of(BlobStore store, Executor executor) {
        return new AsyncBlobStore(requireNonNull(store, "store"), requireNonNull(executor, "executor"));
    }

    /**
     * Stores a blob, as {@link BlobStore#put(BlobName, byte[])} does.
     *
     * @param name its name
     * @param content its bytes; not to be changed until the future is done
     * @return what was stored
     */
    public CompletableFuture<BlobInfo> put(BlobName name, byte[] content) {
        return call(blobs -> blobs.put(name, content));
    }

    /**
     * Stores a blob, as {@link BlobStore#put(BlobName, byte[], PutOptions)} does.
     *
     * @param name its name
     * @param content its bytes; not to be changed until the future is done
     * @param options how
     * @return what was stored
     */
    public CompletableFuture<BlobInfo> put(BlobName name, byte[] content, PutOptions options) {
        return call(blobs -> blobs.put(name, content, options));
    }

    /**
     * Fetches a blob, as {@link BlobStore#get} does.
     *
     * @param name its name
     * @return its bytes, or empty if there is none of this name
     */
    public CompletableFuture<Optional<byte[]>> get(BlobName name) {
        return call(blobs -> blobs.get(name));
    }

    /**
     * Tells what is known of a blob, as {@link BlobStore#head} does.
     *
     * @param name its name
     * @return the facts, or empty if there is no blob of this name
     */
    public CompletableFuture<Optional<BlobInfo>> head(BlobName name) {
        return call(blobs -> blobs.head(name));
    }

    /**
     * Removes a blob, as {@link BlobStore#delete(BlobName)} does.
     *
     * @param name its name
     * @return true if there was one
     */
    public CompletableFuture<Boolean> delete(BlobName name) {
        return call(blobs -> blobs.delete(name));
    }

    /**
     * Lists a folder to its end, as {@link BlobStore#list(BlobName)} does.
     *
     * @param folder the name of the folder
     * @return the names, in the order of their paths
     */
    public CompletableFuture<List<BlobName>> list(BlobName folder) {
        return call(blobs -> {
            try (Stream<BlobName> names = blobs.list(folder)) {
                return names.toList();
            }
        });
    }

    /**
     * Makes any call of the store, or several, on the executor.
     *
     * @param <T> the type of the result
     * @param call what to do with the store
     * @return its result
     */
    public <T> CompletableFuture<T> call(Function<? super BlobStore, ? extends T> call) {
        requireNonNull(call, "call");
        Call<T> future = new Call<>(() -> call.apply(store));
        try {
            executor.execute(future.task);
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(e);
        }
        return future;
    }

    /** A call whose cancellation reaches the thread that makes it. */
    private static final class Call<T> extends CompletableFuture<T> {

        private final FutureTask<Boolean> task;

        Call(Callable<T> call) {
            task = new FutureTask<>(() -> run(call));
        }

        private boolean run(Callable<T> call) {
            try {
                return complete(call.call());
            } catch (Throwable e) { // an error too: whoever waits must not wait forever
                return completeExceptionally(e);
            }
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled) {
                task.cancel(true);
            }
            return cancelled;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
