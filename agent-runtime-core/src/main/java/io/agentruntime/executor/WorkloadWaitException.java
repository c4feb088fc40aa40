package io.agentruntime.executor;

import io.agentruntime.base.AgentRuntimeException;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Thrown when a task would wait for another one and that wait could not end: because the other one waits for the first, or because so
 * many tasks of its workload wait already that this looks like a recursion without end. Fails at once instead of hanging.
 */
public final class WorkloadWaitException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    private WorkloadWaitException(String waiting, String awaited, String reason) {
        super("a task of workload '" + waiting + "' cannot wait for one of '" + awaited + "': " + reason);
    }

    static WorkloadWaitException circle(String waiting, String awaited, Set<String> workloads) {
        String names = workloads.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return new WorkloadWaitException(waiting, awaited, "tasks wait for each other in a circle, of " + names);
    }

    static WorkloadWaitException tooMany(String waiting, String awaited) {
        return new WorkloadWaitException(
                waiting, awaited, WorkerPool.MAX_WAITING + " tasks of '" + waiting + "' wait already");
    }
}
