/** How fast usage reaches its store. */
@NullMarked
package io.agentruntime.benchmarks.usage;

import org.jspecify.annotations.NullMarked;
