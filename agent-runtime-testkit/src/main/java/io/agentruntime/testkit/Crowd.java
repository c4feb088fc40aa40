package io.agentruntime.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that do something at the same time. */
final class Crowd {

    private static final int TIMEOUT_SECONDS = 60;

    /** What one of the threads does. */
    interface Task {
        void run(int member) throws Exception;
    }

    private Crowd() {}

    /** Runs a task on some threads that set out together; fails as the first of them that fails. */
    static void run(int size, Task task) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(size);
        try {
            List<Future<?>> members = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                int member = i;
                members.add(threads.submit(() -> {
                    start.await();
                    task.run(member);
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> member : members) {
                member.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failed) {
                throw failed;
            }
            throw e;
        } finally {
            threads.shutdownNow();
        }
    }
}
