package io.agentruntime.cache;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one lower tier is still to be told, at most one thing per key: the last one wins. Whoever reads the key meanwhile takes the
 * answer from here, so that a tier which is slow or broken shows nothing that was replaced or removed.
 *
 * <p>Each key has a lane: what is told of it is told by one thread at a time, so that a write which hangs cannot land after the removal
 * that followed it.
 */
final class Lanes {

    private final ConcurrentHashMap<String, Lane> lanes = new ConcurrentHashMap<>();

    /**
     * What is to be told next.
     *
     * @param entry the entry to store, or null to remove what is there
     * @param busy whether a thread is telling the tier something about this key
     */
    record Lane(@Nullable Envelope entry, boolean busy) {

        private Lane idle() {
            return new Lane(entry, false);
        }
    }

    @Nullable
    Lane find(String path) {
        return lanes.get(path);
    }

    /** Makes this what is to be told next. */
    void want(String path, @Nullable Envelope entry) {
        lanes.compute(path, (p, lane) -> new Lane(entry, lane != null && lane.busy));
    }

    /** Takes a key to tell the tier about it; null if there is nothing to tell, or another thread is telling it. */
    @Nullable
    Lane take(String path) {
        Lane[] mine = new Lane[1];
        lanes.computeIfPresent(path, (p, lane) -> {
            if (lane.busy) {
                return lane;
            }
            mine[0] = new Lane(lane.entry, true);
            return mine[0];
        });
        return mine[0];
    }

    /** The tier has been told. Says whether that was the last word. */
    boolean told(String path, Lane mine) {
        return lanes.computeIfPresent(path, (p, lane) -> lane.equals(mine) ? null : lane.idle()) == null;
    }

    /** The tier could not be told: it stays to be told. */
    void giveBack(String path) {
        lanes.computeIfPresent(path, (p, lane) -> lane.idle());
    }

    /** Turns what a sweep matches into removals. */
    void removeMatching(Sweep sweep) {
        lanes.replaceAll(
                (p, lane) -> lane.entry != null && sweep.matches(lane.entry) ? new Lane(null, lane.busy) : lane);
    }

    /** Forgets what nobody is telling. */
    void forgetIdle() {
        lanes.values().removeIf(lane -> !lane.busy);
    }

    List<String> paths() {
        return List.copyOf(lanes.keySet());
    }

    int size() {
        return lanes.size();
    }
}
