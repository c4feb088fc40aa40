/**
 * Many pieces of the same work, done in the background. Start at {@link io.agentruntime.bulk.BulkQueue}: so many at a time, with a
 * result and a place in the progress for each, and not lost with the process.
 */
@NullMarked
package io.agentruntime.bulk;

import org.jspecify.annotations.NullMarked;
