package io.agentruntime.testkit;

import io.agentruntime.usage.TokenCounts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What an {@link OpenAiServer} was asked and has answered, and the gate before its replies. */
final class OpenAiTraffic {

    /** A reply that is none. */
    record Fault(int status, Map<String, String> headers, String body) {}

    private final ReentrantLock lock = new ReentrantLock(); // guards everything below
    private final Condition changed = lock.newCondition();
    private final List<OpenAiRequest> requests = new ArrayList<>();
    private final Queue<Fault> faults = new ArrayDeque<>();
    private TokenCounts reported = TokenCounts.ZERO;
    private long answered;
    private boolean paused;

    void add(Fault fault) {
        lock.lock();
        try {
            faults.add(fault);
        } finally {
            lock.unlock();
        }
    }

    /** Takes in a request, and says which fault is meant for it. */
    @Nullable
    Fault arrived(OpenAiRequest request) {
        lock.lock();
        try {
            requests.add(request);
            changed.signalAll();
            return faults.poll();
        } finally {
            lock.unlock();
        }
    }

    void pause() {
        setPaused(true);
    }

    void resume() {
        setPaused(false);
    }

    private void setPaused(boolean now) {
        lock.lock();
        try {
            paused = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitGate() throws InterruptedException {
        lock.lock();
        try {
            while (paused) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    void awaitRequests(int count, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanosLeft = timeout.toNanos();
            while (requests.size() < count) {
                if (nanosLeft <= 0) {
                    throw new AssertionError(
                            requests.size() + " requests arrived within " + timeout + ", expected " + count);
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts a reply whose last bytes are about to be sent; {@link #takeBack} undoes it if that fails. */
    void count(OpenAiReply reply) {
        count(reply, 1);
    }

    void takeBack(OpenAiReply reply) {
        count(reply, -1);
    }

    private void count(OpenAiReply reply, int times) {
        lock.lock();
        try {
            answered += times;
            long input = reported.input() + (long) times * reply.promptTokens();
            long output = reported.output() + (long) times * reply.completionTokens();
            long cached = reported.cached() + (long) times * reply.cachedTokens();
            reported = new TokenCounts(input, output, cached, input + output);
        } finally {
            lock.unlock();
        }
    }

    List<OpenAiRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    long answered() {
        lock.lock();
        try {
            return answered;
        } finally {
            lock.unlock();
        }
    }

    TokenCounts reported() {
        lock.lock();
        try {
            return reported;
        } finally {
            lock.unlock();
        }
    }
}
