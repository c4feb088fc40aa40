package io.agentruntime.testkit.provider;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where replies of a {@link ProviderServer} wait until the test lets them go on. One gate may hold many replies; once open, it stays
 * open. Thread-safe.
 */
public final class ProviderGate {

    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock(); // guards held
    private final Condition changed = lock.newCondition();
    private int held;

    /** Makes a gate that is shut. */
    public ProviderGate() {}

    /** Lets everything go that is held, and whatever comes later. */
    public void open() {
        opened.complete(null);
    }

    boolean isOpen() {
        return opened.isDone();
    }

    /**
     * Waits until at least as many replies are held here at the same time.
     *
     * @param count how many
     * @param timeout how long to wait at most
     * @throws AssertionError if there are fewer when the time is up
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public void awaitHeld(int count, Duration timeout) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = timeout.toNanos();
            while (held < count) {
                if (nanosLeft <= 0) {
                    throw new AssertionError(held + " replies were held within " + timeout + ", expected " + count);
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Holds the caller until the gate opens or there is nothing left to wait for. */
    void pass(CompletableFuture<?> pointless) {
        count(1);
        try {
            CompletableFuture.anyOf(opened, pointless).join();
        } finally {
            count(-1);
        }
    }

    private void count(int difference) {
        lock.lock();
        try {
            held += difference;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
