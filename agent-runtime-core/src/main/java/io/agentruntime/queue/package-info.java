/**
 * Work that is handed over now and done soon, by someone else. Start at {@link io.agentruntime.queue.BackgroundQueue}: bounded,
 * batched, tried again, kept in a {@link io.agentruntime.queue.Journal} if it must outlive the process, and every event is accounted for.
 */
@NullMarked
package io.agentruntime.queue;

import org.jspecify.annotations.NullMarked;
