/**
 * The front door. Start at {@link io.agentruntime.AgentRuntime}: it wires the parts together, starts them in order and stops them
 * in reverse. Nothing below imports this package.
 */
@NullMarked
package io.agentruntime;

import org.jspecify.annotations.NullMarked;
