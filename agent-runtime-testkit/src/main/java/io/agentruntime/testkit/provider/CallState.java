package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What is known of a call; begun says whether any part of an answer was sent. */
record CallState(
        ProviderOutcome outcome,
        boolean begun,
        int status,
        int pieces,
        @Nullable JsonNode usage,
        boolean clientGone) {

    static final CallState ARRIVED = new CallState(ProviderOutcome.PENDING, false, 0, 0, null, false);

    boolean ended() {
        return outcome != ProviderOutcome.PENDING;
    }

    CallState after(Step.Send step) {
        return new CallState(
                step.end() == null ? outcome : step.end(),
                begun || step.answer(),
                step.status() == 0 ? status : step.status(),
                pieces + step.pieces(),
                merged(step.usage()),
                clientGone);
    }

    /** Later reports of a stream replace earlier ones, number by number. */
    private @Nullable JsonNode merged(@Nullable JsonNode more) {
        if (usage instanceof ObjectNode before && more instanceof ObjectNode after) {
            ObjectNode both = before.deepCopy();
            both.setAll(after);
            return both;
        }
        return more == null ? usage : more;
    }

    CallState withClientGone() {
        return new CallState(outcome, begun, status, pieces, usage, true);
    }

    CallState brokenOff() {
        ProviderOutcome end = begun ? ProviderOutcome.PARTIAL : ProviderOutcome.FAILED;
        return new CallState(end, begun, status, pieces, usage, clientGone);
    }
}
