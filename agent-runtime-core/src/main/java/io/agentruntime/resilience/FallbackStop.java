package io.agentruntime.resilience;

import io.agentruntime.resilience.ModelFallback.Route;
import io.agentruntime.resilience.ModelFallback.RouteFailure;
import io.agentruntime.resilience.RouteHealth.Admission;
import java.time.Duration;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A route as it stands in the order of one fallback. Tells its health what its calls say about it. */
record FallbackStop<M>(
        String fallback, Route<M> route, BiPredicate<Throwable, ModelFailure> leadsOn, RouteHealth health) {

    private static final Logger log = LoggerFactory.getLogger(ModelFallback.class);

    String name() {
        return route.name();
    }

    void answered(Admission admission) {
        if (health.answered(admission)) {
            log.info("fallback '{}': route '{}' is well again", fallback, name());
        }
    }

    void failed(Admission admission, RouteFailure failure, long now) {
        ModelFailure meaning = failure.meaning();
        switch (meaning.kind()) {
            case TRANSIENT -> unavailable(health.unavailable(admission, now, false, meaning.retryAfter()));
            case RATE_LIMITED -> {
                if (Causes.first(failure.failure(), ThrottledException.class).isPresent()) {
                    health.unknown(admission, now); // held back on this side
                } else {
                    unavailable(health.unavailable(admission, now, true, meaning.retryAfter()));
                }
            }
            case INVALID_REQUEST, CONTENT_FILTERED, CONTEXT_WINDOW -> answered(admission);
            case AUTHENTICATION, CANCELLED, BUG -> health.unknown(admission, now);
        }
    }

    private void unavailable(@Nullable Duration coolDown) {
        if (coolDown != null) {
            long times = health.coolDowns.incrementAndGet();
            if (Long.bitCount(times) == 1) {
                log.warn(
                        "fallback '{}': route '{}' is passed over for {} ({} so far)",
                        fallback,
                        name(),
                        coolDown,
                        times);
            }
        }
    }

    void logLeadingOn(RouteFailure failure, FallbackStop<M> next) {
        long times = health.ledOn.incrementAndGet();
        if (Long.bitCount(times) == 1) {
            ModelFailure meaning = failure.meaning();
            log.warn(
                    "fallback '{}': route '{}' failed with {} ({}), going on to '{}' ({} so far)",
                    fallback,
                    name(),
                    failure.failure().getClass().getSimpleName(),
                    meaning.status() == null ? meaning.kind() : meaning.status(),
                    next.name(),
                    times);
        }
    }
}
