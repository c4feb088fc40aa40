/**
 * What model calls cost, and who pays. Start at {@link io.agentruntime.usage.TokenTrackingListener}, which turns every call of a
 * LangChain4j model into a {@link io.agentruntime.usage.UsageEvent}; a {@link io.agentruntime.usage.UsageStore} keeps them.
 */
@NullMarked
package io.agentruntime.usage;

import org.jspecify.annotations.NullMarked;
