package io.agentruntime.context;

import io.agentruntime.base.AgentRuntimeException;

/** Thrown in strict mode when a {@link ContextScope} is misused. Its cause is the place where the scope was opened. */
public final class ContextScopeException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    ContextScopeException(String mistake, Throwable place) {
        super(mistake, place);
    }
}
