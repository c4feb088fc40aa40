/**
 * Who did what, and with what outcome. Start at {@link io.agentruntime.audit.AuditQueue}, which never drops an entry on the way to the
 * {@link io.agentruntime.audit.AuditStore}.
 */
@NullMarked
package io.agentruntime.audit;

import org.jspecify.annotations.NullMarked;
