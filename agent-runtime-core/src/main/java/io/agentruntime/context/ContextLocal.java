package io.agentruntime.context;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Something that a piece of work has, and keeps when it goes on on another thread: it travels with the {@link UsageContext} in every
 * {@link ContextSnapshot}, and is gone from a thread when the task that brought it ends. For the parts of this library that need to know
 * what they are called inside of; costs nothing where it is not set.
 *
 * <p>Thread-safe; each thread has its own value.
 *
 * @param <T> the type of the value, immutable or thread-safe
 */
public final class ContextLocal<T> {

    /** Makes one that no thread has a value of. */
    public ContextLocal() {}

    /** The value of one of them on one thread, and the others. Immutable. */
    record Value(
            ContextLocal<?> key, Object value, @Nullable Value next) {}

    /**
     * Reads the value of the calling thread.
     *
     * @return the value, or null if it has none
     */
    @SuppressWarnings("unchecked") // put there under this key
    public @Nullable T get() {
        for (Value entry = ContextFrame.current().now.locals; entry != null; entry = entry.next) {
            if (entry.key == this) {
                return (T) entry.value;
            }
        }
        return null;
    }

    /**
     * Sets the value of the calling thread. Whoever sets one sets back what was there before.
     *
     * @param value the new value, or null for none
     * @return the value so far, or null if there was none
     */
    public @Nullable T set(@Nullable T value) {
        T before = get();
        ContextFrame frame = ContextFrame.current();
        Value others = without(frame.now.locals);
        frame.now = frame.now.with(value == null ? others : new Value(this, requireNonNull(value), others));
        return before;
    }

    private @Nullable Value without(@Nullable Value entries) {
        if (entries == null || entries.key == this) {
            return entries == null ? null : entries.next;
        }
        return new Value(entries.key, entries.value, without(entries.next));
    }
}
