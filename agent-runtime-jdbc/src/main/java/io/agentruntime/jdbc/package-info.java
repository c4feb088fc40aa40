/**
 * Stores on databases, each in one file, without a server. Start at {@link io.agentruntime.jdbc.DuckDbUsageStore} for usage events and
 * {@link io.agentruntime.jdbc.DuckDbAuditStore} for audit entries.
 */
@NullMarked
package io.agentruntime.jdbc;

import org.jspecify.annotations.NullMarked;
