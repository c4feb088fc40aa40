package io.agentruntime.usage;

/** How a model call ended. */
public enum CallOutcome {
    /** The model answered. */
    COMPLETED,
    /** The call ended with an error. */
    FAILED
}
