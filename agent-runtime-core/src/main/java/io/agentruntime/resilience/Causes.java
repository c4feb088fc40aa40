package io.agentruntime.resilience;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks into failures, which may be wrapped many times, and in circles. */
final class Causes {

    private Causes() {}

    /** A failure and its causes, outermost first, each once. */
    static List<Throwable> of(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        Set<Throwable> seen = identities();
        for (@Nullable Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
            chain.add(t);
        }
        return chain;
    }

    /** The outermost of a failure and its causes that is of a type. */
    static <T> Optional<T> first(Throwable failure, Class<T> type) {
        return of(failure).stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Attaches an earlier failure to the one that is thrown, unless one of them knows the other already. */
    static void suppress(Throwable thrown, Throwable earlier) {
        if (!reaches(thrown, earlier, identities()) && !reaches(earlier, thrown, identities())) {
            thrown.addSuppressed(earlier);
        }
    }

    private static boolean reaches(@Nullable Throwable from, Throwable to, Set<Throwable> seen) {
        if (from == null || !seen.add(from)) {
            return false;
        }
        if (from == to || reaches(from.getCause(), to, seen)) {
            return true;
        }
        for (Throwable suppressed : from.getSuppressed()) {
            if (reaches(suppressed, to, seen)) {
                return true;
            }
        }
        return false;
    }

    private static Set<Throwable> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
