/** What carrying a context costs. */
@NullMarked
package io.agentruntime.benchmarks.context;

import org.jspecify.annotations.NullMarked;
