package io.agentruntime.executor;

import java.util.concurrent.locks.ReentrantLock;

/** A lock under which so little happens that those who want it spin a little before they go to sleep. */
final class SpinningLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;
    private static final int SPINS = 64;

    @Override
    public void lock() {
        for (int i = 0; i < SPINS; i++) {
            if (tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        super.lock();
    }
}
