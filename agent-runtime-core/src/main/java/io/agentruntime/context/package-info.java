/**
 * Who a piece of work belongs to. Start at {@link io.agentruntime.context.UsageContext}: open it as a scope, and everything
 * that runs inside, on this thread or handed to another one with a {@link io.agentruntime.context.ContextSnapshot}, sees it.
 */
@NullMarked
package io.agentruntime.context;

import org.jspecify.annotations.NullMarked;
