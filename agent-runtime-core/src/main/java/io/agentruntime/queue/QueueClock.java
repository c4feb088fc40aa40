package io.agentruntime.queue;

import java.util.concurrent.locks.Condition;

/** Where the waits of a queue get their time from, so that a test can turn it. */
interface QueueClock {

    /** The elapsed time of the system, and its calendar. */
    QueueClock SYSTEM = new QueueClock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }

        @SuppressWarnings("WaitNotInLoop") // the callers loop
        @Override
        public void await(Condition condition, long nanos) throws InterruptedException {
            long unused = condition.awaitNanos(nanos); // whoever waits looks at the clock again
        }
    };

    /** Elapsed time. */
    long nanos();

    /** The calendar, in milliseconds since 1970. */
    long millis();

    /** Waits for a signal, or until the time is over; may return early. */
    void await(Condition condition, long nanos) throws InterruptedException;
}
