package io.agentruntime.queue;

import io.agentruntime.queue.QueueConfig.Bounds;
import java.util.List;

/** How much of a queue's memory is taken by events that wait. Guarded by the lock of its {@link QueueState}. */
final class Room<T> {

    private final int capacity;
    private final long capacityBytes;
    private int events;
    private long bytes;

    Room(Bounds<T> bounds) {
        capacity = bounds.events();
        capacityBytes = bounds.bytes();
    }

    /** Says whether an event finds room beside what is held here, and as many events elsewhere. */
    boolean fits(long size, long elsewhere) {
        return events + elsewhere < capacity && size <= capacityBytes - bytes;
    }

    int free() {
        return capacity - events;
    }

    int held() {
        return events;
    }

    boolean isEmpty() {
        return events == 0;
    }

    void take(QueuedEvent<T> event) {
        events++;
        bytes += event.bytes;
    }

    void take(List<QueuedEvent<T>> many) {
        many.forEach(this::take);
    }

    void give(QueuedEvent<T> event) {
        events--;
        bytes -= event.bytes;
    }

    void give(List<QueuedEvent<T>> many) {
        many.forEach(this::give);
    }
}
