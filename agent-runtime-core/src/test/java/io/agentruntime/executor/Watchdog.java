package io.agentruntime.executor;

import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.management.JMException;
import javax.management.ObjectName;

/** Turns a hang into a failure that shows what every thread was doing, virtual ones included where the JVM can tell. */
final class Watchdog {

    private Watchdog() {}

    /** Calls the body on a thread of its own; a body that takes too long is interrupted, and fails with a thread dump. */
    static <T> T within(Duration limit, String what, Callable<T> body) throws Exception {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> call(body, outcome), "driver-" + what);
        thread.setDaemon(true);
        thread.start();
        try {
            return await(outcome, limit, what);
        } finally {
            thread.interrupt();
        }
    }

    private static <T> void call(Callable<T> body, CompletableFuture<T> outcome) {
        try {
            outcome.complete(body.call());
        } catch (Throwable failure) { // an assertion too has to reach the test
            outcome.completeExceptionally(failure);
        }
    }

    /** Waits for the future; fails with a thread dump if it takes too long. */
    static <T> T await(Future<T> future, Duration limit, String what) throws Exception {
        try {
            return future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError(what + ": not done after " + limit + "\n" + dump(), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Waits for the latch; fails with a thread dump if it takes too long. */
    static void await(CountDownLatch latch, Duration limit, Object what) throws InterruptedException {
        if (!latch.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new AssertionError(what + ": not open after " + limit + "\n" + dump());
        }
    }

    /** Waits until something is true; fails with a thread dump if it takes too long. */
    static void until(BooleanSupplier condition, Duration limit, Object what) {
        Deadline deadline = Deadline.after(limit);
        while (!condition.getAsBoolean()) {
            if (deadline.expired()) {
                throw new AssertionError(what + ": not so after " + limit + "\n" + dump());
            }
            Thread.onSpinWait();
        }
    }

    static String dump() {
        try {
            Path file = Files.createTempDirectory("threads").resolve("dump.txt");
            ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=HotSpotDiagnostic"),
                            "dumpThreads",
                            new Object[] {file.toString(), "TEXT_PLAIN"},
                            new String[] {"java.lang.String", "java.lang.String"});
            return Files.readString(file);
        } catch (JMException | IOException e) { // JDK 17 cannot, and has no virtual threads either
            return "(" + e.getMessage() + ")\n" + platformThreads();
        }
    }

    private static String platformThreads() {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            text.append('"').append(entry.getKey().getName()).append("\" ");
            text.append(entry.getKey().getState()).append('\n');
            for (StackTraceElement frame : entry.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }
}
