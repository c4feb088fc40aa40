package io.agentruntime.queue;

import io.agentruntime.queue.Lane.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events that wait in memory, and which of them are to be handed over next. With keys each key has a lane, of which one batch at a
 * time is under way; without, all share one lane. Guarded by the lock of its {@link QueueState}.
 */
final class Lanes<T> {

    /** A lane that waits for a full batch. Not valid any more if the lane has moved on. */
    private record Lingering<T>(Lane<T> lane, long dueNanos) {

        boolean valid() {
            return lane.turn == Turn.LINGERING && lane.dueNanos == dueNanos;
        }
    }

    private final int batchSize;
    private final long lingerNanos;
    private final int batchesPerLane;
    private final @Nullable Lane<T> shared; // null with keys
    private final Map<Object, Lane<T>> byKey = new HashMap<>();
    private final ArrayDeque<Lane<T>> due = new ArrayDeque<>();
    private final ArrayDeque<Lingering<T>> lingering = new ArrayDeque<>(); // the first to be due first
    private final @Nullable ArrayDeque<QueuedEvent<T>> byAge; // only to drop the oldest of all lanes
    private int waiting;

    Lanes(QueueConfig<T> config) {
        boolean keyed = config.batching().key() != null;
        batchSize = config.batching().size();
        lingerNanos = config.batching().linger().toNanos();
        batchesPerLane = keyed ? 1 : config.batching().concurrency();
        shared = keyed ? null : new Lane<>(null);
        byAge = keyed && config.bounds().overflow().drops() ? new ArrayDeque<>() : null;
    }

    int waiting() {
        return waiting;
    }

    int keys() {
        return byKey.size();
    }

    /** Adds an event behind the others of its key. Returns true if a worker has something new to look at. */
    boolean add(QueuedEvent<T> event) {
        Lane<T> lane = shared != null ? shared : byKey.computeIfAbsent(key(event), Lane::new);
        event.waiting = true;
        lane.waiting.addLast(event);
        waiting++;
        if (byAge != null) {
            byAge.addLast(event);
        }
        return schedule(lane, event.acceptedNanos);
    }

    private static Object key(QueuedEvent<?> event) {
        return event.key == null
                ? Lanes.class
                : event.key; // a key function may say that an event has none: those share a lane
    }

    /** Puts events back in front of the others of their lane, in their order. */
    void putBack(Lane<T> lane, List<QueuedEvent<T>> events) {
        for (int i = events.size() - 1; i >= 0; i--) {
            QueuedEvent<T> event = events.get(i);
            event.waiting = true;
            lane.waiting.addFirst(event);
            waiting++;
            if (byAge != null) {
                byAge.addFirst(event);
            }
        }
    }

    /** Finds the lane its place among those that are due or fill a batch. Returns true if it has a new one. */
    boolean schedule(Lane<T> lane, long now) {
        if (lane.waiting.isEmpty() || lane.open >= batchesPerLane || lane.turn == Turn.DUE) {
            return false;
        }
        if (lane.waiting.size() >= batchSize || lingerNanos == 0) {
            lane.turn = Turn.DUE;
            return due.add(lane);
        }
        if (lane.turn == Turn.NONE) {
            lane.turn = Turn.LINGERING;
            lane.dueNanos = now + lingerNanos;
            return lingering.add(new Lingering<>(lane, lane.dueNanos));
        }
        return false;
    }

    /** The lane whose batch is full, or has waited long enough; in a hurry no batch has to be full. */
    @Nullable
    Lane<T> pollDue(long now, boolean hurry) {
        Lane<T> lane = due.poll();
        if (lane == null) {
            Lingering<T> first = firstLingering();
            if (first == null || !(hurry || first.dueNanos - now <= 0)) {
                return null;
            }
            lingering.remove();
            lane = first.lane;
        }
        lane.turn = Turn.NONE;
        return lane;
    }

    private @Nullable Lingering<T> firstLingering() {
        while (!lingering.isEmpty() && !lingering.element().valid()) {
            lingering.remove();
        }
        return lingering.peek();
    }

    /** How long until a lane is due, at most the given time. */
    long nanosToDue(long now, long atMost) {
        Lingering<T> first = firstLingering();
        return first == null ? atMost : Math.min(atMost, Math.max(1, first.dueNanos - now));
    }

    List<QueuedEvent<T>> take(Lane<T> lane, int atMost) {
        int count = Math.min(atMost, lane.waiting.size());
        List<QueuedEvent<T>> taken = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            QueuedEvent<T> event = lane.waiting.remove();
            event.waiting = false;
            taken.add(event);
        }
        waiting -= count;
        pruneByAge();
        return taken;
    }

    private void pruneByAge() {
        if (byAge != null && byAge.size() > 2 * waiting + batchSize) {
            boolean unused = byAge.removeIf(event -> !event.waiting);
        }
    }

    /** Takes the event that was accepted first of all that wait. */
    @Nullable
    QueuedEvent<T> takeOldest() {
        Lane<T> lane = shared != null ? shared : laneOfOldest();
        return lane == null || lane.waiting.isEmpty() ? null : take(lane, 1).get(0);
    }

    private @Nullable Lane<T> laneOfOldest() {
        while (byAge != null && !byAge.isEmpty()) {
            QueuedEvent<T> oldest = byAge.remove();
            if (oldest.waiting) {
                return byKey.get(key(oldest)); // of which it is the first
            }
        }
        return null;
    }

    /** Forgets a key of which nothing is left. */
    void forgetIfIdle(Lane<T> lane) {
        if (lane.key != null && lane.open == 0 && lane.waiting.isEmpty()) {
            boolean unused = byKey.remove(lane.key, lane); // it may have been made anew
        }
    }

    /** When the oldest event that waits was accepted, or the given time if that is earlier. */
    long oldest(long nanos) {
        Collection<Lane<T>> lanes = shared != null ? Set.of(shared) : byKey.values();
        long oldest = nanos;
        for (Lane<T> lane : lanes) {
            QueuedEvent<T> first = lane.waiting.peek();
            oldest = first != null && first.acceptedNanos - oldest < 0 ? first.acceptedNanos : oldest;
        }
        return oldest;
    }
}
