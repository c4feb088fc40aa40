/** How goals are described, measured and printed. Start at {@link io.agentruntime.benchmarks.harness.Goal}; knows nothing of the library. */
@NullMarked
package io.agentruntime.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
