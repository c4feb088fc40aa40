/**
 * Google Cloud Storage as a blob store. Start at {@link io.agentruntime.gcs.GcsBlobStore}; the rest of the library sees it only as an
 * {@link io.agentruntime.storage.BlobStore}.
 *
 * <pre>{@code
 * try (GcsBlobStore store = GcsBlobStore.open(URI.create("gs://my-bucket/acme"), GcsSettings.create())) {
 *     store.put(BlobName.of("reports", "2026.json"), json);
 * }
 * }</pre>
 *
 * <p>A call of a store that makes its own client is over after 10 s, or after the timeout that the settings say. A host that has a client
 * already gives it to {@link io.agentruntime.gcs.GcsBlobStore#of(com.google.cloud.storage.Storage, java.net.URI)}, sets its retries and its
 * timeouts itself (by default Google's client goes on for 50 s), and closes it. Only the HTTP transport is used and tested.
 */
@NullMarked
package io.agentruntime.gcs;

import org.jspecify.annotations.NullMarked;
