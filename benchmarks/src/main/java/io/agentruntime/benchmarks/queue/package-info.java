/** What handing over an event costs, and how fast events pass. */
@NullMarked
package io.agentruntime.benchmarks.queue;

import org.jspecify.annotations.NullMarked;
