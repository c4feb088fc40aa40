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
     * Makes a factory.
     *
     * @param component the owner of the threads
     * @return the factory
     */
    public static RuntimeThreads of(String component) {
        return new RuntimeThreads(requireNonNull(component, "component"));
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, "agentruntime-" + component + "-" + count.incrementAndGet());
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((t, e) -> log.error("thread '{}' ended with an error", t.getName(), e));
        return thread;
    }
}
