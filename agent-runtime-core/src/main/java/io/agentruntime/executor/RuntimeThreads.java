package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the threads of one component, named {@code agentruntime-<component>-<n>}. Every thread of this library comes from here.
 *
 * <p>The threads are daemons: they do not keep a process alive whose application has ended without closing the runtime.
 * Thread-safe.
 */
public final class RuntimeThreads implements ThreadFactory {

    private static final Logger log = LoggerFactory.getLogger(RuntimeThreads.class);

    private final String component;
    private final AtomicInteger count = new AtomicInteger();

    private RuntimeThreads(String component) {
        this.component = component;
    }

    /**
     * Makes a factory of platform threads.
     *
     * @param component the owner of the threads
     * @return the factory
     */
    public static RuntimeThreads of(String component) {
        return new RuntimeThreads(requireNonNull(component, "component"));
    }

    /**
     * Makes a factory of virtual threads where the running JVM has them, and of platform threads where it has not.
     *
     * @param component the owner of the threads
     * @return the factory
     */
    static ThreadFactory virtual(String component) {
        RuntimeThreads platform = of(component);
        return VirtualThreads.areThere() ? task -> VirtualThreads.make(task, platform.nextName()) : platform;
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, nextName());
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> log.error("thread '{}' ended with an error", t.getName(), e));
        return thread;
    }

    private String nextName() {
        return "agentruntime-" + component + "-" + count.incrementAndGet();
    }
}
