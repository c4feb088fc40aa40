package io.agentruntime.cache;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the memory holds for a key: a value, or the failure to make one. Immutable.
 *
 * @param value the value, or null if this is a failure
 * @param failure the failure, or null if this is a value
 * @param tags what it can be invalidated by
 * @param weight what it takes of the memory's bound
 * @param life how long it is good for
 */
record Held<V>(@Nullable V value, @Nullable Throwable failure, Set<String> tags, int weight, Lifetime life) {

    static <V> Held<V> failed(Throwable failure, Lifetime life) {
        return new Held<>(null, failure, Set.of(), 1, life);
    }

    /** Whether a caller gets it without waiting. */
    boolean servable(long now) {
        return life.quiet(now) || life.fresh(now);
    }

    /** Whether one of the tags invalidates it. A failure may be about anything. */
    boolean hasAny(Collection<String> invalidated) {
        return !invalidated.isEmpty()
                && (failure != null || invalidated.stream().anyMatch(tags::contains));
    }

    Held<V> living(Lifetime other) {
        return new Held<>(value, failure, tags, weight, other);
    }
}
