/**
 * Ordered start and stop. Start at {@link io.agentruntime.lifecycle.Lifecycle}: it starts {@link
 * io.agentruntime.lifecycle.Managed} components in order, undoes a failed start, and stops them in reverse under one deadline.
 */
@NullMarked
package io.agentruntime.lifecycle;

import org.jspecify.annotations.NullMarked;
