package io.agentruntime.examples.documents;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Begins pieces of work one after another, and waits before the next one while too many are under way. */
final class InFlight {
    private final int limit;

    InFlight(int limit) {
        this.limit = limit;
    }

    /**
     * Does all the work and waits for its end. Only the calling thread waits.
     *
     * @param begin begins one piece
     * @param enough whether to begin no further piece
     * @return what was made of each item that was begun, in order; fails if one of them failed
     * @throws InterruptedException if interrupted; what was begun goes on
     */
    <A, B> List<B> each(List<A> items, Function<A, CompletableFuture<B>> begin, BooleanSupplier enough)
            throws InterruptedException {
        Semaphore permits = new Semaphore(limit);
        List<CompletableFuture<B>> begun = new ArrayList<>();
        for (A item : items) {
            permits.acquire();
            if (enough.getAsBoolean()) {
                permits.release();
                break;
            }
            begun.add(begin.apply(item).whenComplete((done, failure) -> permits.release()));
        }
        permits.acquire(limit);
        return Pools.all(begun).join();
    }
}
