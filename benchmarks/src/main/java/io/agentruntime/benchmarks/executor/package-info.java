/** What a bounded, context-carrying pool costs, and that pools do not hold each other up. */
@NullMarked
package io.agentruntime.benchmarks.executor;

import org.jspecify.annotations.NullMarked;
