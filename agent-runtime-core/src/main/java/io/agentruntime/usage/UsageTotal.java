package io.agentruntime.usage;

/**
 * What the calls of one feature of one organisation cost together, and what answers without a call have saved. Immutable and
 * thread-safe.
 *
 * @param organisation who pays
 * @param feature the part of the application that asked
 * @param calls how many calls there were, however they ended, without those that asked no model
 * @param failed how many of them failed, timed out or were cut off; a cancelled call is none of these
 * @param tokens what they cost together
 * @param estimated how many of the tokens, of {@code tokens.total()}, are estimates
 * @param cached how many answers were given without a call, see {@link CallOutcome#CACHED}
 * @param saved what these would have cost together, as far as known; not a part of {@code tokens}
 */
public record UsageTotal(
        String organisation,
        String feature,
        long calls,
        long failed,
        TokenCounts tokens,
        long estimated,
        long cached,
        TokenCounts saved) {

    static UsageTotal none(String organisation, String feature) {
        return new UsageTotal(organisation, feature, 0, 0, TokenCounts.ZERO, 0, 0, TokenCounts.ZERO);
    }

    UsageTotal plus(UsageEvent event) {
        long call = event.outcome() == CallOutcome.CACHED ? 0 : 1;
        long failure = event.outcome().failure() ? 1 : 0;
        long guess = event.quality() == UsageQuality.ESTIMATED ? event.spent().total() : 0;
        return new UsageTotal(
                organisation,
                feature,
                calls + call,
                failed + failure,
                tokens.plus(event.spent()),
                TokenCounts.sum(estimated, guess),
                cached + 1 - call,
                saved.plus(event.saved()));
    }
}
