package io.agentruntime.executor;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An asynchronous stage on its way through the pool: the function of a future, wrapped by {@link Carry}. */
final class StageTask implements Runnable, WorkerPool.Abortable {

    private static final Logger log = LoggerFactory.getLogger(WorkloadExecutor.class);

    private final Runnable stage;
    private final WorkloadExecutor workload;
    private final AtomicBoolean begun = new AtomicBoolean();

    StageTask(Runnable stage, WorkloadExecutor workload) {
        this.stage = stage;
        this.workload = workload;
    }

    @Override
    public void run() {
        if (workload.pool().isAborted()) {
            boolean unused = abort();
            return;
        }
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            stage.run();
            workload.counters().completed.increment();
        } catch (Throwable failure) { // cannot be: a stage catches what its function throws
            workload.counters().failed.increment();
            log.error("a stage of workload '{}' failed", workload.name(), failure);
        }
    }

    /** Cancels the future of the stage, if it has not begun. */
    @Override
    public boolean abort() {
        boolean ended = begun.compareAndSet(false, true);
        if (ended) {
            workload.counters().cancelled.increment();
            Carry.drop(stage);
        }
        return ended;
    }
}
