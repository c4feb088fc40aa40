package io.agentruntime.executor;

import org.jspecify.annotations.Nullable;

/** The stretch in which a task waits for a future and its seat is free for others. */
final class SeatLoan implements AutoCloseable {

    private final @Nullable Worker worker;

    private SeatLoan(@Nullable Worker worker) {
        this.worker = worker;
    }

    static SeatLoan by(@Nullable Worker worker, WorkloadFuture<?> awaited) {
        if (worker == null) {
            return new SeatLoan(null);
        }
        if (!worker.pool.lendSeat()) {
            throw new WorkloadWaitException(worker.pool.name(), awaited.workload.name());
        }
        awaited.awaited();
        return new SeatLoan(worker);
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.pool.reclaimSeat(worker);
        }
    }
}
