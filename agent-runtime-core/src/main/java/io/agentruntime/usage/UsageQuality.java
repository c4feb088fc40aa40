package io.agentruntime.usage;

/** Where the token counts of a call come from. */
public enum UsageQuality {
    /** The provider reported them. */
    REPORTED,
    /** The provider reported none; they were estimated from what was sent and received, or are 0 by rule for a call that costs nothing. */
    ESTIMATED,
    /** The provider reported none, and there was nothing to estimate from; they stand at 0, and the true ones are not known. */
    MISSING
}
