package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.Made.Outcome;
import io.agentruntime.usage.TokenCounts;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one document.
 *
 * @param name the name of the document
 * @param made what has become of each thing that was to be made of it; empty if it failed as a whole
 * @param failure why it failed as a whole, or null
 * @param tokens what its model calls cost
 * @param took how long it took
 */
record DocumentResult(
        String name, List<Made> made, @Nullable Throwable failure, TokenCounts tokens, Duration took) {
    DocumentResult {
        made = List.copyOf(made);
    }

    /** Whether everything is there now. */
    boolean complete() {
        return failure == null && made.stream().allMatch(Made::isThere);
    }

    /** Whether everything was there before. */
    boolean unchanged() {
        return failure == null && hits() == made.size();
    }

    /** How many things were there before. */
    long hits() {
        return made.stream().filter(one -> one.outcome() == Outcome.HIT).count();
    }

    /** One or a few words for the table. */
    String cache() {
        if (complete()) {
            return unchanged() ? "hit" : hits() == 0 ? "miss" : hits() + " of " + made.size();
        }
        return problem().isEmpty() ? "not done" : "failed";
    }

    /** One word for the audit. */
    String outcome() {
        if (complete()) {
            return unchanged() ? "unchanged" : "made";
        }
        if (problem().isEmpty()) {
            return "stopped";
        }
        return failure != null && Made.isRefusal(failure) ? "refused" : "failed";
    }

    /** Says in one line what went wrong, or is empty. */
    String problem() {
        if (failure != null) {
            return Made.isStop(failure) ? "" : name + ": " + Made.reason(failure);
        }
        List<Made> failed =
                made.stream().filter(one -> one.outcome() == Outcome.FAILED).toList();
        return failed.isEmpty()
                ? ""
                : name + ": no " + failed.stream().map(Made::name).collect(Collectors.joining(", no ")) + ": "
                        + failed.stream().map(Made::problem).distinct().collect(Collectors.joining("; "));
    }
}
