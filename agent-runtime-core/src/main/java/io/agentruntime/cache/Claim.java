package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How one flight sees to it that no other instance computes the same: it claims the computation in the lowest tier, which all share.
 *
 * <pre>
 * it is ours               look into the tier once more, since another may just have finished; then compute, store, release
 * another has it           look into the tier every now and then; if nothing is there, claim again: that one may have failed
 * that one has had it for  claim it in place of that one, if it still has it then: it may be dead. How long that is is told by
 *   the whole lease        the time that passed here, as no two machines agree on the calendar
 * it cannot be claimed,    compute without a claim
 *   or two leases passed
 * </pre>
 *
 * <p>A claim spares work, and decides nothing: whatever goes wrong with it, the flight computes at once, as if there were none. Used by
 * one thread at a time, that which is at the flight; none is held while it waits.
 */
final class Claim<K, V> {

    private static final long POLLS_PER_LEASE = 20;
    private static final long SHORTEST_WAIT = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_WAIT = Duration.ofSeconds(1).toNanos();

    private final Flight<K, V> flight;
    private final int lowest;
    private final LowerTier tier;
    private final Address address;
    private final CacheSettings<K, V> settings;
    private final String mark = UUID.randomUUID().toString();
    private final long begunAt;
    private @Nullable String other; // who has it
    private long otherSince;

    Claim(Flight<K, V> flight, Flights<K, V> flights) {
        this.flight = flight;
        this.lowest = flights.lower.size() - 1;
        this.tier = flights.lower.get(lowest);
        this.address = flights.packing.address(flight.id, flight.key);
        this.settings = flights.settings;
        this.begunAt = settings.now();
    }

    /** Has the flight compute, or end with what another instance computes. */
    void begin() {
        claim(null);
    }

    private void claim(@Nullable String overdue) {
        flight.then(tier.claim(address, mark, overdue), this::answered);
    }

    private void answered(Optional<String> owner) {
        if (owner.isPresent() && !owner.get().equals(mark)) {
            isOf(owner.get());
            return;
        }
        other = null;
        if (owner.isEmpty()) {
            flight.compute();
        } else {
            lookOnce(flight::compute);
        }
    }

    private void lookOnce(Runnable otherwise) {
        flight.then(tier.read(address), entry -> {
            if (!flight.landed(lowest, entry)) {
                otherwise.run();
            }
        });
    }

    private void isOf(String owner) {
        if (!owner.equals(other)) {
            other = owner;
            otherSince = settings.now();
        }
        if (hasWaitedEnough()) {
            flight.compute();
            return;
        }
        try {
            lookLater();
        } catch (RejectedExecutionException e) { // the timer has stopped
            tier.lacking(e);
            flight.compute();
        }
    }

    private boolean hasWaitedEnough() {
        return settings.now() - begunAt >= 2 * lease();
    }

    private long lease() {
        return settings.times().lease();
    }

    private void lookLater() {
        ScheduledExecutorService timer = requireNonNull(settings.host().timer());
        long wait = Math.max(SHORTEST_WAIT, Math.min(lease() / POLLS_PER_LEASE, LONGEST_WAIT));
        var unused = timer.schedule(this::goOn, wait, TimeUnit.NANOSECONDS);
    }

    /** On the timer's thread, which does not do the work. */
    private void goOn() {
        RejectedExecutionException full = flight.tryGo(() -> lookOnce(this::claimAgain));
        if (full == null) {
            return;
        }
        try {
            if (hasWaitedEnough()) {
                throw full;
            }
            lookLater(); // there may be room then
        } catch (RejectedExecutionException e) {
            flight.failed(e);
        }
    }

    private void claimAgain() {
        claim(settings.now() - otherSince >= lease() ? other : null);
    }

    /** Gives the claim back when the tier has been told of the value, if there is one: whoever waits looks there for it. */
    void releaseAfter(CompletableFuture<Void> told) {
        if (other == null) { // else it is not ours
            CompletableFuture<?> unused = told.whenComplete((nothing, failure) -> tier.release(address, mark));
        }
    }
}
