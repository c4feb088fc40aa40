package io.agentruntime.usage;

/**
 * What the calls of one feature of one organisation cost together. Immutable and thread-safe.
 *
 * @param organisation who pays
 * @param feature the part of the application that asked
 * @param calls how many calls there were, the failed ones included
 * @param failed how many of them failed
 * @param tokens what they cost together
 */
public record UsageTotal(String organisation, String feature, long calls, long failed, TokenCounts tokens) {

    UsageTotal plus(UsageEvent event) {
        long failure = event.outcome() == CallOutcome.FAILED ? 1 : 0;
        return new UsageTotal(organisation, feature, calls + 1, failed + failure, tokens.plus(event.tokens()));
    }
}
