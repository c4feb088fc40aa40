/**
 * Bounded pools, one per kind of work, so that slow work of one kind cannot hold up another. Start at {@link
 * io.agentruntime.executor.ExecutorRegistry}. Every task runs in the context of the code that submitted it.
 */
@NullMarked
package io.agentruntime.executor;

import org.jspecify.annotations.NullMarked;
