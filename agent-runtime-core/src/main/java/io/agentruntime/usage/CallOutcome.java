package io.agentruntime.usage;

/** How a model call ended. Every call ends in exactly one of these ways. */
public enum CallOutcome {
    /** The model answered, also if its answer ended at a limit that the request had set. */
    COMPLETED,
    /** The call ended with an error. */
    FAILED,
    /** Whoever asked did not want the answer any more. */
    CANCELLED,
    /** The stream ended before the answer did, without an error. */
    TRUNCATED,
    /** The answer did not come in time, or nothing was ever heard of the call. */
    TIMED_OUT,
    /** No model was asked: the answer to an earlier call was given again. What that one cost is saved, and nothing is spent. */
    CACHED;

    /** Says whether a whole answer was wanted and did not come. */
    boolean failure() {
        return this == FAILED || this == TRUNCATED || this == TIMED_OUT;
    }
}
