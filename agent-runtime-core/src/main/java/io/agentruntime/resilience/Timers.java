package io.agentruntime.resilience;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Consumer;

/** What the timers that callers give have in common. */
final class Timers {

    private Timers() {}

    /**
     * Tells when an entry of a timer will never run: because the timer was stopped, or is a workload that had no room when the time was
     * up. Only such a timer as {@link io.agentruntime.executor.WorkloadExecutor} tells.
     */
    static void onFailure(ScheduledFuture<?> entry, Consumer<Throwable> action) {
        if (entry instanceof CompletionStage<?> stage) {
            CompletionStage<?> unused = stage.whenComplete((nothing, failure) -> {
                if (failure != null) {
                    action.accept(failure);
                }
            });
        }
    }
}
