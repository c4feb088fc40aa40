package io.agentruntime.usage;

/** Where the token counts of a call come from. */
public enum UsageQuality {
    /** The provider reported them. */
    REPORTED,
    /** The provider reported none; they stand at 0. */
    MISSING
}
