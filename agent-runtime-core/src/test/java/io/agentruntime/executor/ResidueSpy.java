package io.agentruntime.executor;

import io.agentruntime.context.ContextCarrier;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.FirstCarrier;
import java.lang.StackWalker.StackFrame;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Stands in the place of the first carrier of the process, and so looks at every thread just before a task enters it: a thread that
 * is not a driver's, and not inside a task already, must carry nothing then. What a task leaves behind stays until the next one
 * comes, and is found there; {@link #look} finds it after the last one.
 */
final class ResidueSpy implements ContextCarrier, AutoCloseable {

    private final Queue<String> residues = new ConcurrentLinkedQueue<>();
    private final LongAdder looks = new LongAdder();
    private ContextCarrier first;

    static ResidueSpy open() {
        ResidueSpy spy = new ResidueSpy();
        spy.first = FirstCarrier.replace(spy);
        return spy;
    }

    @Override
    public void close() {
        FirstCarrier.replace(first);
    }

    Queue<String> residues() {
        return residues;
    }

    long looks() {
        return looks.sum();
    }

    @Override
    public Object capture() {
        lookOutsideOfTasks();
        return first.capture();
    }

    @Override
    public Runnable install(Object captured) {
        lookOutsideOfTasks();
        return first.install(captured);
    }

    private void lookOutsideOfTasks() {
        if (Thread.currentThread().getName().startsWith("driver-")) {
            return;
        }
        Surroundings here = Surroundings.here();
        if (here.isBare() || !isInsideATask()) {
            look("before a task", here);
        }
    }

    /** Looks at the calling thread, which is between two tasks. */
    void look(String when) {
        look(when, Surroundings.here());
    }

    private void look(String when, Surroundings here) {
        looks.increment();
        if (!here.isBare()) {
            residues.add(when + ", thread '" + Thread.currentThread().getName() + "' carried " + here);
        }
    }

    /** Says whether a task is under way on this thread, other than one that is just being entered. */
    private static boolean isInsideATask() {
        return StackWalker.getInstance()
                        .walk(frames -> frames.mapToInt(ResidueSpy::tasks).sum())
                > 0;
    }

    private static int tasks(StackFrame frame) {
        String method = frame.getMethodName();
        if (frame.getClassName().equals(ContextSnapshot.class.getName())) {
            return method.equals("run") || method.equals("call") || method.contains("wrap") ? 1 : 0;
        }
        return frame.getClassName().endsWith(".ContextVisit") && method.equals("begin") ? -1 : 0;
    }
}
