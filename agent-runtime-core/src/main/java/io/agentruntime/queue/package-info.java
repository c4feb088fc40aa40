/**
 * Work that is handed over now and done soon, by someone else. Start at {@link io.agentruntime.queue.BackgroundQueue}: bounded,
 * batched, and every event is accounted for. A {@link io.agentruntime.queue.Journal} keeps records beyond the process.
 */
@NullMarked
package io.agentruntime.queue;

import org.jspecify.annotations.NullMarked;
