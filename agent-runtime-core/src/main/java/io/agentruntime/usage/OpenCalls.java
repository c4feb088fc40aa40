package io.agentruntime.usage;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/** The calls that have not ended, up to a number; those beyond it are let go and counted. Thread-safe, without a lock around all. */
final class OpenCalls {

    private final Set<UsageCall> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger size = new AtomicInteger();
    private final LongAdder letGo = new LongAdder();
    private final int capacity;
    private volatile boolean closed;

    OpenCalls(int capacity) {
        this.capacity = capacity;
    }

    void add(UsageCall call) {
        if (size.incrementAndGet() > capacity) {
            size.decrementAndGet();
            letGo.increment();
            return;
        }
        calls.add(call);
        if (closed) { // the last sweep may have missed it
            remove(call);
            letGo.increment();
        }
    }

    void remove(UsageCall call) {
        if (calls.remove(call)) {
            size.decrementAndGet();
        }
    }

    /** Takes no further calls. */
    void close() {
        closed = true;
    }

    /** Counts the calls for which the test says that it has ended them. */
    int sweep(Predicate<UsageCall> ends) {
        int ended = 0;
        for (UsageCall call : calls) {
            ended += ends.test(call) ? 1 : 0;
        }
        return ended;
    }

    long size() {
        return calls.size();
    }

    long letGo() {
        return letGo.sum();
    }
}
