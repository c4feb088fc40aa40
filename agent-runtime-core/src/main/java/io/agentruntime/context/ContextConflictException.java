package io.agentruntime.context;

import io.agentruntime.base.AgentRuntimeException;

/** Thrown when code that works for one organisation opens the context of another. */
public final class ContextConflictException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    ContextConflictException(String current, String opened) {
        super("the context of organisation '" + opened + "' was opened while that of '" + current
                + "' is: close that first, or say openReplacing() if this is meant");
    }
}
