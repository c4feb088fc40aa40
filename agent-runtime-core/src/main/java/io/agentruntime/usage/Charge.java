package io.agentruntime.usage;

/**
 * What a call cost.
 *
 * @param tokens the counts
 * @param quality where they come from
 */
record Charge(TokenCounts tokens, UsageQuality quality) {

    /** Of a call that costs nothing, by rule. */
    static final Charge FREE = new Charge(TokenCounts.ZERO, UsageQuality.ESTIMATED);

    static Charge estimated(long input, long output) {
        UsageQuality quality = input == 0 && output == 0 ? UsageQuality.MISSING : UsageQuality.ESTIMATED;
        return new Charge(TokenCounts.of(input, output), quality);
    }
}
