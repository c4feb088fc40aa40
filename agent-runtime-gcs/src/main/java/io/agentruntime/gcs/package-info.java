/**
 * Google Cloud Storage as a blob store. Start at {@link io.agentruntime.gcs.GcsBlobStore}; the rest of the library sees it only as an
 * {@link io.agentruntime.storage.BlobStore}.
 *
 * <p>How often and for how long a call is repeated is the business of Google's client, which the host makes and closes. By default it
 * goes on for 50 s. Where a user waits for the answer, 10 s are enough:
 *
 * <pre>{@code
 * Storage client = StorageOptions.newBuilder()
 *         .setRetrySettings(ServiceOptions.getDefaultRetrySettings().toBuilder()
 *                 .setTotalTimeoutDuration(Duration.ofSeconds(10))
 *                 .build())
 *         .setTransportOptions(HttpTransportOptions.newBuilder()
 *                 .setConnectTimeout(2_000) // milliseconds
 *                 .setReadTimeout(5_000)
 *                 .build())
 *         .build()
 *         .getService();
 * BlobStore store = GcsBlobStore.of(client, "my-bucket");
 * }</pre>
 *
 * <p>The system property {@code com.google.cloud.storage.Hasher.read} must not switch the client's checks off.
 */
@NullMarked
package io.agentruntime.gcs;

import org.jspecify.annotations.NullMarked;
