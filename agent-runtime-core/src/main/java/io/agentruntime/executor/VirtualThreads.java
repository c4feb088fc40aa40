package io.agentruntime.executor;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** Virtual threads, which this library finds at run time, for it is compiled for Java 17. */
final class VirtualThreads {

    /** (Runnable, String) → Thread, or null before Java 21. */
    private static final @Nullable MethodHandle maker = find();

    private VirtualThreads() {}

    /** {@code Thread.ofVirtual().name(name).unstarted(task)}, by handles. */
    private static @Nullable MethodHandle find() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle builder = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual));
            MethodHandle name = lookup.findVirtual(virtual, "name", MethodType.methodType(virtual, String.class));
            MethodHandle unstarted =
                    lookup.findVirtual(virtual, "unstarted", MethodType.methodType(Thread.class, Runnable.class));
            MethodHandle named = MethodHandles.foldArguments(name, builder); // (String) → builder
            MethodHandle byName = MethodHandles.filterArguments(unstarted, 0, named); // (String, Runnable) → Thread
            return MethodHandles.permuteArguments(
                    byName, MethodType.methodType(Thread.class, Runnable.class, String.class), 1, 0);
        } catch (ReflectiveOperationException notThere) {
            return null;
        }
    }

    static boolean areThere() {
        return maker != null;
    }

    static Thread make(Runnable task, String name) {
        if (maker == null) {
            throw new IllegalStateException("this JVM has no virtual threads");
        }
        try {
            return (Thread) maker.invokeExact(task, name);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot make a virtual thread", e);
        }
    }
}
