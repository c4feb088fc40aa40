package io.agentruntime.executor;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** A stage of a workload's future. */
final class WorkloadStage<T> extends WorkloadFuture<T> {

    /** Weak, for a long chain must not hold on to its beginning. What still runs or waits is held elsewhere. */
    private final WeakReference<WorkloadFuture<?>> source;

    private volatile @Nullable WeakReference<WorkloadFuture<?>> otherSource;
    private volatile boolean needsBoth;

    WorkloadStage(WorkloadFuture<?> source) {
        super(source.workload);
        this.source = new WeakReference<>(source);
    }

    void needs(WorkloadFuture<?> other) {
        needsBoth = true;
        mayUse(other);
    }

    void mayUse(WorkloadFuture<?> other) {
        otherSource = new WeakReference<>(other);
    }

    @Override
    @Nullable
    WorkloadFuture<?> source() {
        return source.get();
    }

    @Override
    @Nullable
    WorkloadFuture<?> otherSource() {
        WeakReference<WorkloadFuture<?>> other = otherSource;
        return other == null ? null : other.get();
    }

    @Override
    boolean needsBoth() {
        return needsBoth;
    }
}
