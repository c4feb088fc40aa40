package io.agentruntime.executor;

/** An asynchronous stage on its way through the pool: the function of a future, wrapped by {@link Carry}. */
final class StageTask extends WorkloadTask<Boolean> {

    private final Runnable stage;

    StageTask(Runnable stage, WorkloadExecutor workload) {
        super(
                () -> {
                    stage.run();
                    return Boolean.TRUE;
                },
                workload);
        this.stage = stage;
    }

    /** Cancels the future of the stage. */
    @Override
    void abandoned() {
        Carry.drop(stage);
    }
}
