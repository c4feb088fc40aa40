package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
     * @param end ends when the tier has been told this, or something that came after it; fails if it could not be told
     * @param inHand the end of what a thread is telling the tier about this key, or null if none is at it
     */
    record Lane(
            @Nullable Envelope entry,
            CompletableFuture<Void> end,
            @Nullable CompletableFuture<Void> inHand) {

        private boolean busy() {
            return inHand != null;
        }

        private Lane idle() {
            return new Lane(entry, end, null);
        }

        /** The same lane with other news. Who waits for news that nobody has begun to tell waits for these instead. */
        private Lane with(@Nullable Envelope other) {
            return new Lane(other, end == inHand ? new CompletableFuture<>() : end, inHand);
        }
    }

    @Nullable
    Lane find(String path) {
        return lanes.get(path);
    }

    /** Makes this what is to be told next. */
    void want(String path, @Nullable Envelope entry) {
        lanes.compute(
                path, (p, lane) -> lane == null ? new Lane(entry, new CompletableFuture<>(), null) : lane.with(entry));
    }

    /** Takes a key to tell the tier about it; null if there is nothing to tell, or another thread is telling it. */
    @Nullable
    Lane take(String path) {
        Lane[] mine = new Lane[1];
        lanes.computeIfPresent(path, (p, lane) -> {
            if (lane.busy()) {
                return lane;
            }
            mine[0] = new Lane(lane.entry, lane.end, lane.end);
            return mine[0];
        });
        return mine[0];
    }

    /** The tier has been told. Says whether that was the last word. */
    boolean told(String path, Lane mine) {
        boolean last = lanes.computeIfPresent(path, (p, lane) -> lane.equals(mine) ? null : lane.idle()) == null;
        mine.end.complete(null);
        return last;
    }

    /** The tier could not be told: it stays to be told. Whoever waits for it hears of it. */
    void giveBack(String path, Throwable failure) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        lanes.computeIfPresent(path, (p, lane) -> {
            ends.add(lane.end);
            ends.add(requireNonNull(lane.inHand));
            return new Lane(lane.entry, new CompletableFuture<>(), null);
        });
        ends.forEach(end -> end.completeExceptionally(failure));
    }

    /** Turns what a sweep matches into removals. */
    void removeMatching(Sweep sweep) {
        lanes.replaceAll((p, lane) -> lane.entry != null && sweep.matches(lane.entry) ? lane.with(null) : lane);
    }

    /** Forgets what nobody is telling. */
    void forgetIdle(Throwable reason) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (String path : lanes.keySet()) {
            lanes.computeIfPresent(path, (p, lane) -> {
                if (lane.busy()) {
                    return lane;
                }
                ends.add(lane.end);
                return null;
            });
        }
        ends.forEach(end -> end.completeExceptionally(reason));
    }

    List<String> paths() {
        return List.copyOf(lanes.keySet());
    }

    /** Those in a folder. */
    List<String> paths(String folder) {
        return lanes.keySet().stream()
                .filter(path -> path.startsWith(folder + "/"))
                .toList();
    }

    int size() {
        return lanes.size();
    }
}
