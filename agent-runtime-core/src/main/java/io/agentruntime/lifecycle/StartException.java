package io.agentruntime.lifecycle;

import io.agentruntime.base.AgentRuntimeException;

/**
 * Thrown when a component did not start. Everything that had started before it has been stopped again; what went wrong there, if
 * anything, is attached as suppressed exceptions.
 */
public final class StartException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    StartException(String component, Throwable cause) {
        super("component '" + component + "' did not start: " + cause.getMessage(), cause);
    }
}
