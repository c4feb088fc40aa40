/** What a lookup of a stored content costs. */
@NullMarked
package io.agentruntime.benchmarks.cache;

import org.jspecify.annotations.NullMarked;
