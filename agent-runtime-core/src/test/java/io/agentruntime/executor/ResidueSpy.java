package io.agentruntime.executor;

import io.agentruntime.context.ContextCarrier;
import io.agentruntime.context.UsageContext;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.MDC;

/**
 * Stands before the first carrier of the process, and so looks at every thread just before a task enters it and just after it has
 * left: a thread that is not a driver's must carry nothing then. The carriers are closed to the outside, hence the reflection.
 */
final class ResidueSpy implements ContextCarrier, AutoCloseable {

    private final Queue<String> residues = new ConcurrentLinkedQueue<>();
    private final LongAdder looks = new LongAdder();
    private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);
    private final ContextCarrier[] carriers;
    private final ContextCarrier first;

    private ResidueSpy(ContextCarrier[] carriers) {
        this.carriers = carriers;
        this.first = carriers[0];
    }

    static ResidueSpy open() throws ReflectiveOperationException {
        Field all = Class.forName("io.agentruntime.context.Carriers").getDeclaredField("all");
        all.setAccessible(true);
        ResidueSpy spy = new ResidueSpy((ContextCarrier[]) all.get(null));
        spy.carriers[0] = spy;
        return spy;
    }

    @Override
    public void close() {
        carriers[0] = first;
    }

    Queue<String> residues() {
        return residues;
    }

    long looks() {
        return looks.sum();
    }

    @Override
    public Object capture() {
        look("before a task");
        return first.capture();
    }

    @Override
    public Runnable install(Object captured) {
        look("before a task");
        depth.set(depth.get() + 1);
        Runnable undo = first.install(captured);
        return () -> {
            undo.run();
            depth.set(depth.get() - 1);
            if (depth.get() == 0) {
                lookAt("after a task", MDC.getCopyOfContextMap(), null);
            }
        };
    }

    private void look(String when) {
        if (depth.get() == 0) {
            lookAt(when, MDC.getCopyOfContextMap(), UsageContext.current().orElse(null));
        }
    }

    private void lookAt(String when, Map<String, String> diagnostics, UsageContext context) {
        String thread = Thread.currentThread().getName();
        if (thread.startsWith("driver-")) {
            return;
        }
        looks.increment();
        if (context != null || (diagnostics != null && !diagnostics.isEmpty())) {
            residues.add(when + ", thread '" + thread + "' carried " + context + " and " + diagnostics);
        }
    }
}
