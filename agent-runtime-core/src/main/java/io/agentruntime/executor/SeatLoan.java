package io.agentruntime.executor;

import java.util.LinkedHashSet;
import java.util.Set;

/** The stretch in which a task waits for a future and its seat is free for others. */
final class SeatLoan implements AutoCloseable {

    private final Worker worker;

    private SeatLoan(Worker worker) {
        this.worker = worker;
    }

    /** Begins to wait for as long as it takes; fails if the two would wait for each other. */
    static SeatLoan untilDone(Worker worker, WorkloadFuture<?> awaited) {
        worker.awaits(awaited); // before the look around, so that of two who close a circle at once one sees the other
        Set<String> passed = new LinkedHashSet<>(Set.of(worker.pool.name()));
        if (awaited.endsOnlyAfter(worker, passed)) {
            worker.awaits(null);
            throw WorkloadWaitException.circle(worker.pool.name(), awaited.workload.name(), passed);
        }
        return forATime(worker, awaited);
    }

    /** Begins to wait for a time at most, so that a circle would end by itself. */
    static SeatLoan forATime(Worker worker, WorkloadFuture<?> awaited) {
        if (!worker.pool.lendSeat(worker)) {
            worker.awaits(null);
            throw WorkloadWaitException.tooMany(worker.pool.name(), awaited.workload.name());
        }
        awaited.awaited();
        return new SeatLoan(worker);
    }

    @Override
    public void close() {
        worker.awaits(null);
        worker.pool.reclaimSeat(worker);
    }
}
