package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link ProviderServer} was asked, what has become of it, and which replies are in store. */
final class Traffic {

    private final ReentrantLock lock = new ReentrantLock(); // guards everything below, and the states of the calls
    private final Condition changed = lock.newCondition();
    private final List<Call> calls = new ArrayList<>();
    private final Queue<ProviderReply> store = new ArrayDeque<>();
    private long answered;
    private long pending;
    private long gone;

    /** A request and what has become of it. */
    static final class Call {
        final ProviderRequest request;
        final @Nullable ProviderReply stored;
        private CallState state = CallState.ARRIVED;

        Call(ProviderRequest request, @Nullable ProviderReply stored) {
            this.request = request;
            this.stored = stored;
        }
    }

    void store(List<ProviderReply> replies) {
        locked(() -> store.addAll(replies));
    }

    /** Takes in a request, gives it its number, and the reply that is in store for it if there is one. */
    Call arrived(LongFunction<ProviderRequest> request) {
        return locked(() -> {
            Call call = new Call(request.apply(calls.size() + 1L), store.poll());
            calls.add(call);
            pending++;
            return call;
        });
    }

    /** Notes what is about to be sent: whoever has read the end of a reply finds it counted. */
    void sending(Call call, Step.Send step) {
        locked(() -> set(call, call.state.after(step)));
    }

    /** Takes back what was noted, because it could not be sent. */
    void notSent(Call call, CallState before) {
        locked(() -> set(call, before.withClientGone().brokenOff()));
    }

    /** The connection was broken by intention, or because the server stops or the client is gone. */
    void brokenOff(Call call) {
        locked(() -> set(call, call.state.ended() ? call.state : call.state.brokenOff()));
    }

    void clientGone(Call call) {
        locked(() -> set(call, call.state.ended() ? call.state : call.state.withClientGone()));
    }

    CallState state(Call call) {
        return locked(() -> call.state);
    }

    private CallState set(Call call, CallState after) {
        count(call, -1);
        call.state = after;
        count(call, 1);
        return after;
    }

    private void count(Call call, int sign) {
        CallState state = call.state;
        pending += state.ended() ? 0 : sign;
        gone += state.clientGone() ? sign : 0;
        answered += state.outcome() == ProviderOutcome.ANSWERED ? sign : 0;
    }

    List<ProviderCall> calls() {
        return locked(() -> calls.stream().map(Traffic::snapshot).toList());
    }

    List<ProviderRequest> requests() {
        return locked(() -> calls.stream().map(call -> call.request).toList());
    }

    private static ProviderCall snapshot(Call call) {
        CallState state = call.state;
        return new ProviderCall(
                call.request,
                state.outcome(),
                state.status(),
                state.pieces(),
                counts(call),
                state.usage() == null ? Map.of() : Json.numbers(state.usage()),
                state.clientGone());
    }

    private static @Nullable ProviderUsage counts(Call call) {
        JsonNode usage = call.state.usage();
        try {
            return usage == null ? null : call.request.protocol().format().counts(usage);
        } catch (IllegalArgumentException e) {
            return null; // the test reports what cannot be, such as more cached tokens than there are
        }
    }

    long answered() {
        return locked(() -> answered);
    }

    ProviderUsage reported() {
        return locked(() -> {
            ProviderUsage sum = ProviderUsage.ZERO;
            for (Call call : calls) {
                ProviderUsage usage = call.state.outcome() == ProviderOutcome.ANSWERED ? counts(call) : null;
                sum = usage == null ? sum : sum.plus(usage);
            }
            return sum;
        });
    }

    void awaitRequests(int count, Duration timeout) throws InterruptedException {
        await(
                () -> calls.size() >= count,
                timeout,
                () -> calls.size() + " requests arrived within " + timeout + ", expected " + count);
    }

    void awaitClientsGone(int count, Duration timeout) throws InterruptedException {
        await(
                () -> gone >= count,
                timeout,
                () -> gone + " clients went away within " + timeout + ", expected " + count);
    }

    void awaitQuiet(Duration timeout) throws InterruptedException {
        await(() -> pending == 0, timeout, () -> pending + " calls have not ended within " + timeout);
    }

    private void await(BooleanSupplier done, Duration timeout, Supplier<String> failure) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanosLeft = timeout.toNanos();
            while (!done.getAsBoolean()) {
                if (nanosLeft <= 0) {
                    throw new AssertionError(failure.get());
                }
                nanosLeft = changed.awaitNanos(nanosLeft);
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            changed.signalAll(); // whoever waits looks again
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
