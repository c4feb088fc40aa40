/**
 * What to do when a model or a tool fails: what a failure means, whether and when to try again, which model to ask instead, how fast to
 * ask at all. Start at {@link io.agentruntime.resilience.ModelRetry}; {@link io.agentruntime.resilience.ModelFailure} says what failures
 * mean. Waiting goes through a scheduler that the caller gives; nothing here makes a thread.
 */
@NullMarked
package io.agentruntime.resilience;

import org.jspecify.annotations.NullMarked;
