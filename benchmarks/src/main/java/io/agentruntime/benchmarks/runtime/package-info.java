/** How long the parts together take to start and to stop. */
@NullMarked
package io.agentruntime.benchmarks.runtime;

import org.jspecify.annotations.NullMarked;
