package io.agentruntime.context;

import io.agentruntime.base.AgentRuntimeException;

/** Thrown where work needs an owner and no {@link UsageContext} is open. */
public final class MissingContextException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    MissingContextException() {
        super("no usage context is open on thread '" + Thread.currentThread().getName()
                + "': open one with UsageContext.of(organisation, feature).open()");
    }
}
