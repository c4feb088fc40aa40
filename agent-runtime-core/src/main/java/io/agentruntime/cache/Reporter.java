package io.agentruntime.cache;

import io.agentruntime.cache.CacheListener.Event;
import io.agentruntime.cache.CacheListener.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Tells a host's listener, and survives it. */
final class Reporter {

    private final String cache;
    private final @Nullable CacheListener listener;
    private final RareWarning failures;

    Reporter(String cache, @Nullable CacheListener listener) {
        this.cache = cache;
        this.listener = listener;
        this.failures = new RareWarning("cache '" + cache + "': its listener fails");
    }

    void tell(Kind kind) {
        tell(kind, null, 0, null);
    }

    void tell(Kind kind, @Nullable String tier, long nanos, @Nullable Throwable failure) {
        if (listener == null) {
            return;
        }
        try {
            listener.on(new Event(cache, kind, tier, Duration.ofNanos(nanos), failure));
        } catch (RuntimeException e) {
            failures.warn(e);
        }
    }
}
