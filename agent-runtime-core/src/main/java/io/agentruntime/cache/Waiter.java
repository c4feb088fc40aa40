package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.cache.CacheListener.Kind;
import io.agentruntime.context.ContextSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One caller who waits for a flight. How the wait ends, by the value, a failure, a timeout or because the caller gave up, is nothing to
 * the flight. The caller's own context is current when the answer comes.
 */
final class Waiter<K, V> {

    final CompletableFuture<V> answer = new CompletableFuture<>();

    private final Flights<K, V> flights;
    private final CacheSettings<K, V> settings;
    private final CacheKey id;
    private final K key;
    private final ContextSnapshot caller = ContextSnapshot.capture();

    Waiter(Flights<K, V> flights, CacheKey id, K key) {
        this.flights = flights;
        this.settings = flights.settings;
        this.id = id;
        this.key = key;
    }

    /** Begins to wait. */
    CompletableFuture<V> start(Source<K, V> source) {
        long hard = settings.times().hard();
        List<Future<?>> alarms = new ArrayList<>();
        if (hard > 0) {
            alarms.add(alarm(hard, this::timedOut));
        }
        await(source, alarms);
        return answer;
    }

    private void await(Source<K, V> source, List<Future<?>> alarms) {
        while (true) {
            source.expected();
            Flight<K, V> flight = flights.join(id, key, source);
            if (flight == null || !flight.isOf(source)) {
                source.spared();
            }
            if (flight != null) {
                follow(flight, source, alarms);
                return;
            }
            Held<V> held = flights.memory.find(id);
            if (held != null && held.servable(settings.now())) {
                serve(held);
                return;
            }
        }
    }

    private void follow(Flight<K, V> flight, Source<K, V> source, List<Future<?>> alarms) {
        List<String> invalidBefore = flight.marks();
        long soft = settings.times().soft();
        if (soft > 0 && !flight.done.isDone()) {
            long left = soft - (settings.now() - flight.startedAt);
            if (left <= 0) {
                serveLast(flight);
            } else {
                alarms.add(alarm(left, () -> serveLast(flight)));
            }
        }
        CompletableFuture<?> unused = flight.done.whenComplete((held, failure) -> {
            if ((failure instanceof Flight.Absent && !flight.isOf(source))
                    || (held != null && held.hasAny(invalidBefore))) {
                await(source, alarms); // it was not made for this caller
            } else if (held != null) {
                serve(held);
            } else {
                fail(requireNonNull(failure));
            }
        });
        CompletableFuture<?> unusedToo = answer.whenComplete((value, failure) -> alarms.forEach(a -> a.cancel(false)));
    }

    private Future<?> alarm(long nanos, Runnable action) {
        return requireNonNull(settings.host().timer()).schedule(action, nanos, TimeUnit.NANOSECONDS);
    }

    private void serveLast(Flight<K, V> flight) {
        Held<V> last = flight.last();
        if (last != null && flights.isCurrent(flight)) {
            serve(last);
        }
    }

    private void timedOut() {
        if (!answer.isDone()) {
            flights.report(Kind.TIMED_OUT);
            fail(new TimeoutException(
                    "after " + Duration.ofNanos(settings.times().hard())));
        }
    }

    private void serve(Held<V> held) {
        if (answer.isDone()) {
            return;
        }
        if (held.failure() != null) {
            fail(held.failure());
            return;
        }
        if (!held.life().fresh(settings.now())) {
            flights.report(Kind.STALE_SERVED);
        }
        end(() -> answer.complete(flights.copy(requireNonNull(held.value()))));
    }

    private void fail(Throwable cause) {
        end(() -> answer.completeExceptionally(flights.failure(cause)));
    }

    private void end(Runnable completion) {
        try {
            caller.run(completion);
        } catch (RuntimeException e) { // of the host's copying function
            answer.completeExceptionally(flights.failure(e));
        }
    }

    /** Waits for an answer on the calling thread. */
    static <V> V get(String cache, CompletableFuture<V> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.cancel(false); // this wait only
            throw new CacheLoadException("cache '" + cache + "': interrupted while waiting for a value", e);
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof CacheLoadException failure) {
                throw failure;
            }
            throw new CacheLoadException("cache '" + cache + "': no value", e);
        } catch (CancellationException e) {
            throw new CacheLoadException("cache '" + cache + "': the wait was cancelled", e);
        }
    }
}
