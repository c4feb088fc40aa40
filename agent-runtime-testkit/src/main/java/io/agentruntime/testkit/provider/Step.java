package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a connection does for a reply, one after the other. */
sealed interface Step {

    /** Wait for a gate. */
    record Wait(ProviderGate gate) implements Step {}

    /** Break the connection, or close it. */
    record Break(boolean reset) implements Step {}

    /**
     * Send something, and note what it means.
     *
     * @param bytes what to send
     * @param answer whether that is a part of an answer
     * @param status the HTTP status that it tells, or 0
     * @param pieces how many pieces it completes
     * @param usage what it reports
     * @param end what has become of the call when it is sent, if it is the last
     */
    @SuppressWarnings("ArrayRecordComponent") // steps are never compared
    record Send(
            byte[] bytes,
            boolean answer,
            int status,
            int pieces,
            @Nullable JsonNode usage,
            @Nullable ProviderOutcome end)
            implements Step {

        /** A line, or several, before the body. */
        static Send head(String text, int status) {
            return new Send(text.getBytes(StandardCharsets.ISO_8859_1), false, status, 0, null, null);
        }

        /** A part of a body that is no answer. */
        static Send body(byte[] bytes) {
            return new Send(bytes, false, 0, 0, null, null);
        }

        /** A part of an answer. */
        static Send answer(byte[] bytes, int pieces, @Nullable JsonNode usage) {
            return new Send(bytes, true, 0, pieces, usage, null);
        }

        /** The same as the last that is sent. */
        Send ending(ProviderOutcome outcome) {
            return new Send(bytes, answer, status, pieces, usage, outcome);
        }

        /** Whether it means nothing by itself. */
        boolean leads() {
            return pieces == 0 && usage == null && end == null;
        }

        /** The same, which leads to another, and that other. */
        Send with(Send next) {
            byte[] both = followedBy(next.bytes).bytes;
            return new Send(
                    both, answer || next.answer, Math.max(status, next.status), next.pieces, next.usage, next.end);
        }

        /** The same with more behind. */
        Send followedBy(byte[] more) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(bytes);
            all.writeBytes(more);
            return new Send(all.toByteArray(), answer, status, pieces, usage, end);
        }
    }
}
