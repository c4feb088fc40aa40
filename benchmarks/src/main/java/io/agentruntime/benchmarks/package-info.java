/** The performance goals of the library. Start at the list in {@code Main}. */
@NullMarked
package io.agentruntime.benchmarks;

import org.jspecify.annotations.NullMarked;
