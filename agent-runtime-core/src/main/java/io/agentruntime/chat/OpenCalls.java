package io.agentruntime.chat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The exchanges under way of one transport. Thread-safe. */
final class OpenCalls {

    private final Set<OpenCall> calls = ConcurrentHashMap.newKeySet();
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean closed;

    void add(OpenCall call) {
        calls.add(call);
        if (closed) {
            remove(call);
            checkOpen();
        }
    }

    void checkOpen() {
        if (closed) {
            throw ModelTransportException.closed();
        }
    }

    void remove(OpenCall call) {
        calls.remove(call);
        signal();
    }

    /** Takes no more. */
    void close() {
        closed = true;
        signal();
    }

    private void signal() {
        if (closed && calls.isEmpty()) {
            drained.countDown();
        }
    }

    /** Waits, after {@link #close}, for the last one to end. */
    boolean awaitEmpty(long nanos) throws InterruptedException {
        return drained.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Ends all that are left; they are gone as soon as their callers know. */
    int failAll() {
        int count = 0;
        for (OpenCall call : calls) {
            call.fail(call.closed());
            count++;
        }
        return count;
    }

    int size() {
        return calls.size();
    }
}
