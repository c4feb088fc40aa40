package io.agentruntime.usage;

/**
 * What the calls of one feature of one organisation cost together. Immutable and thread-safe.
 *
 * @param organisation who pays
 * @param feature the part of the application that asked
 * @param calls how many calls there were, however they ended
 * @param failed how many of them failed, timed out or were cut off; a cancelled call is none of these
 * @param tokens what they cost together
 * @param estimated how many of the tokens, of {@code tokens.total()}, are estimates
 */
public record UsageTotal(
        String organisation, String feature, long calls, long failed, TokenCounts tokens, long estimated) {

    static UsageTotal none(String organisation, String feature) {
        return new UsageTotal(organisation, feature, 0, 0, TokenCounts.ZERO, 0);
    }

    UsageTotal plus(UsageEvent event) {
        long failure = event.outcome().failure() ? 1 : 0;
        long guess = event.quality() == UsageQuality.ESTIMATED ? event.tokens().total() : 0;
        return new UsageTotal(
                organisation,
                feature,
                calls + 1,
                failed + failure,
                tokens.plus(event.tokens()),
                TokenCounts.sum(estimated, guess));
    }
}
