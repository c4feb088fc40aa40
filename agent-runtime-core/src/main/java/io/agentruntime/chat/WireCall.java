package io.agentruntime.chat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one call of a model does on the wire, as far as it goes through a {@link ModelHttpTransport}. Thread-safe. */
final class WireCall implements Cancellable {

    /*
     * A model gives its decorator no handle of what it sends. But it sends on the thread that calls it, and so the decorator binds a
     * WireCall to that thread around the call:
     *
     *     WireCall wire = new WireCall(answer -> limits.observe(answer.headers()));
     *     try (WireCall.Binding bound = wire.bind()) {
     *         delegate.chat(request, options, handler);
     *     }
     *     ... wire.cancel(), from any thread, for as long as the call lives
     *
     * Each exchange that begins on the thread inside registers with it. Unbinding ends the registration, not the exchanges: a stream
     * goes on, and so does what the WireCall can do about it. Callbacks of a stream see no binding; what they call begins anew.
     *
     * One WireCall per attempt: then more than one exchange means that the model retries by itself. An exchange counts for the
     * innermost WireCall only, but whoever cancels an outer one cancels those bound inside it too, before and after.
     *
     * Nothing of a cancelled stream reaches its listener any more, not even its end. A cancelled blocking call throws a
     * CancellationException, and so does one that begins when it is too late.
     */
    private static final Logger log = LoggerFactory.getLogger(WireCall.class);
    private static final ThreadLocal<@Nullable WireCall> current = new ThreadLocal<>();

    private final Consumer<WireAnswer> onAnswer;
    private final Set<Cancellable> inside = ConcurrentHashMap.newKeySet();
    private final AtomicInteger exchanges = new AtomicInteger();
    private volatile @Nullable Runnable afterEnd;
    private volatile boolean cancelled;
    private volatile boolean eventArrived;

    /**
     * Makes a call that nothing is bound to.
     *
     * @param onAnswer is told the head of every answer, good or bad, as soon as it is there; on a thread of the HTTP client, which it
     *     must not block
     */
    WireCall(Consumer<WireAnswer> onAnswer) {
        this.onAnswer = onAnswer;
    }

    /** The one that this thread is bound to, or one of nobody. */
    static WireCall current() {
        WireCall bound = current.get();
        return bound == null ? new WireCall(answer -> {}) : bound;
    }

    /** Binds the calling thread, inside what it is bound to; to be closed on the same thread. */
    Binding bind() {
        WireCall outer = current.get();
        if (outer != null && outer != this) {
            outer.register(this);
        }
        current.set(this);
        return new Binding(outer);
    }

    /** Ends all exchanges, those to come too. */
    @Override
    public void cancel() {
        cancelled = true;
        inside.forEach(Cancellable::cancel);
    }

    boolean cancelled() {
        return cancelled;
    }

    /** How many requests were sent. */
    int exchanges() {
        return exchanges.get();
    }

    /** Whether any event of a stream has arrived. */
    boolean eventArrived() {
        return eventArrived;
    }

    void begin(OpenCall call) {
        exchanges.incrementAndGet();
        register(call);
    }

    void end(OpenCall call) {
        inside.remove(call);
        Runnable action = afterEnd;
        if (action != null && !cancelled) {
            action.run();
        }
    }

    /** Sets what to do after an exchange has ended by itself and its listener has been told, on the thread that told it. */
    void afterEnd(Runnable action) {
        afterEnd = action;
    }

    private void register(Cancellable call) {
        inside.add(call);
        if (cancelled) {
            call.cancel();
        }
    }

    void answered(WireAnswer answer) {
        try {
            onAnswer.accept(answer);
        } catch (RuntimeException e) {
            log.warn("the observer of an answer failed", e);
        }
    }

    void arrived() {
        eventArrived = true;
    }

    /** A thread's stay inside a WireCall. */
    static final class Binding implements AutoCloseable {

        private final @Nullable WireCall outer;

        private Binding(@Nullable WireCall outer) {
            this.outer = outer;
        }

        @Override
        public void close() {
            if (outer == null) {
                current.remove();
            } else {
                current.set(outer);
            }
        }
    }
}
