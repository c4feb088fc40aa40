package io.agentruntime.queue;

import java.util.ArrayList;
import java.util.List;

/**
 * The flushes that wait. Each knows how many of the events before it are not settled, and whether one of them was not delivered. An event
 * that is settled is before a flush if its position is not behind that of the flush. Guarded by the lock of its {@link QueueState}.
 */
final class FlushBarriers {

    /** One flush. */
    static final class Barrier {

        private final long position;
        private long unsettled;
        private boolean undelivered;

        private Barrier(long position, long unsettled, boolean undelivered) {
            this.position = position;
            this.unsettled = unsettled;
            this.undelivered = undelivered;
        }

        boolean reached() {
            return unsettled <= 0;
        }

        boolean succeeded() {
            return reached() && !undelivered;
        }
    }

    private final List<Barrier> waiting = new ArrayList<>();
    private boolean untold; // an event was not delivered, and no flush has said so

    Barrier raise(long position, long unsettled) {
        Barrier barrier = new Barrier(position, unsettled, untold);
        untold = false;
        waiting.add(barrier);
        return barrier;
    }

    void lower(Barrier barrier) {
        waiting.remove(barrier);
    }

    boolean anyWaiting() {
        return !waiting.isEmpty();
    }

    /** An event has come in late, whose append began before a flush: that flush waits for it too. */
    void accepted(long position) {
        for (Barrier barrier : waiting) {
            barrier.unsettled += position <= barrier.position ? 1 : 0;
        }
    }

    /** Counts an event that came to its end. Returns true if a flush has waited for it. */
    boolean settled(long position, boolean delivered) {
        boolean told = false;
        for (Barrier barrier : waiting) {
            if (position <= barrier.position) {
                barrier.unsettled--;
                barrier.undelivered |= !delivered;
                told = true;
            }
        }
        untold |= !delivered && !told;
        return told;
    }
}
