package io.agentruntime.queue;

import io.agentruntime.base.AgentRuntimeException;

/** A failure that is the event's own fault. */
final class NotRetryable extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    NotRetryable() {
        super("not with this event");
    }
}
