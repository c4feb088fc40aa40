package io.agentruntime.context;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries what is registered with Micrometer's context-propagation, tracing included, except what this library registers there
 * itself. Loaded only if that library is on the class path.
 */
final class MicrometerCarrier implements ContextCarrier {

    private final ContextRegistry registry = ContextRegistry.getInstance();
    private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder()
            .contextRegistry(registry)
            .clearMissing(true)
            .captureKeyPredicate(MicrometerCarrier::isForeign)
            .build();

    private static boolean isForeign(Object key) {
        return !key.equals(UsageContextAccessor.KEY);
    }

    @Override
    public @Nullable Object capture() {
        for (ThreadLocalAccessor<?> accessor : registry.getThreadLocalAccessors()) {
            if (isForeign(accessor.key()) && accessor.getValue() != null) {
                return snapshots.captureAll();
            }
        }
        return null;
    }

    @Override
    public Runnable install(@Nullable Object captured) {
        io.micrometer.context.ContextSnapshot snapshot =
                captured == null ? snapshots.captureFrom() : (io.micrometer.context.ContextSnapshot) captured;
        return snapshot.setThreadLocals(MicrometerCarrier::isForeign)::close;
    }
}
