package io.agentruntime.chat;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Who has the turn in one conversation, and who waits for it. Used only while the map holds its entry. */
final class TurnQueue {

    private volatile TurnWaiter first;
    private final ArrayDeque<TurnWaiter> waiting = new ArrayDeque<>(2);

    TurnQueue(TurnWaiter first) {
        this.first = first;
    }

    /** Who has the turn. */
    TurnWaiter first() {
        return first;
    }

    TurnQueue with(TurnWaiter last) {
        waiting.add(last);
        return this;
    }

    TurnQueue without(TurnWaiter waiter) {
        boolean unused = waiting.remove(waiter);
        return this;
    }

    /** Passes the turn on; returns null, and so ends the entry, if nobody waits. */
    @Nullable
    TurnQueue next() {
        TurnWaiter next = waiting.poll();
        if (next == null) {
            return null;
        }
        first = next;
        return this;
    }
}
