/**
 * Named blobs. Start at {@link io.agentruntime.storage.BlobStore}, or at {@link io.agentruntime.storage.AsyncBlobStore} for calls that do not
 * wait; names are made, and made safe, by {@link io.agentruntime.storage.BlobName} alone.
 *
 * <pre>{@code
 * BlobStore store = BlobStore.inDirectory(Path.of("blobs"));
 * BlobName name = BlobName.of("acme", "reports", "2026.json");
 * BlobInfo stored = store.put(name, json);
 * store.put(name, newJson, PutOptions.of("application/json").ifVersion(stored.version())); // refused if another was faster
 * }</pre>
 */
@NullMarked
package io.agentruntime.storage;

import org.jspecify.annotations.NullMarked;
