package io.agentruntime.chat;

import io.agentruntime.context.ContextLocal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One turn: what a thread has while it belongs to it. Thread-safe. */
final class TurnToken {

    private static final ContextLocal<TurnToken> current = new ContextLocal<>();

    final TurnLock lock;
    final Object memoryId;
    private final @Nullable TurnToken outer = current.get();
    private final AtomicInteger inside = new AtomicInteger(1); // 0 once it has ended, for good

    TurnToken(TurnLock lock, Object memoryId) {
        this.lock = lock;
        this.memoryId = memoryId;
    }

    static @Nullable TurnToken current() {
        return current.get();
    }

    /** Gives the calling thread a token, or none; returns what it had. */
    static @Nullable TurnToken bind(@Nullable TurnToken token) {
        return current.set(token);
    }

    /** Enters the turn that the calling thread belongs to, unless there is none, or it has ended. */
    static @Nullable TurnToken enter(TurnLock lock, Object memoryId) {
        for (TurnToken token = current.get(); token != null; token = token.outer) {
            if (token.lock == lock && token.memoryId.equals(memoryId) && token.enter()) {
                return token;
            }
        }
        return null;
    }

    private boolean enter() {
        return inside.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
    }

    /** Leaves the turn; returns whether it has ended. */
    boolean exit() {
        return inside.decrementAndGet() == 0;
    }
}
