package io.agentruntime.executor;

import io.agentruntime.base.AgentRuntimeException;

/**
 * Thrown when a task would wait for another one and so many tasks of its workload wait already that this looks like a circle, or a
 * recursion without end. Fails at once instead of hanging.
 */
public final class WorkloadWaitException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    WorkloadWaitException(String waiting, String awaited) {
        super("a task of workload '" + waiting + "' cannot wait for one of '" + awaited + "': " + WorkerPool.MAX_WAITING
                + " tasks of '" + waiting + "' wait already");
    }
}
