/**
 * Named blobs. Start at {@link io.agentruntime.storage.BlobStore}; names are made, and made safe, by {@link
 * io.agentruntime.storage.BlobName} alone.
 */
@NullMarked
package io.agentruntime.storage;

import org.jspecify.annotations.NullMarked;
