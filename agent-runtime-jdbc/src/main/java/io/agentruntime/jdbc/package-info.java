/** Stores on databases. Start at {@link io.agentruntime.jdbc.DuckDbUsageStore}: usage events in one file, without a server. */
@NullMarked
package io.agentruntime.jdbc;

import org.jspecify.annotations.NullMarked;
