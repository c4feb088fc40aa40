package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentruntime.testkit.provider.Trouble.Kind;
import io.agentruntime.testkit.provider.WireFormat.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An answer in one, or a body that is none. Whatever is to happen after some pieces happens in the middle. */
final class WholePlan extends Plan {

    WholePlan(ProviderRequest request, Reply reply) {
        super(request, reply);
    }

    @Override
    void write() {
        byte[] body = body();
        Trouble ending = endingWhere(position -> true);
        if (ending != null) {
            body = cut(body, ending);
        }
        head("content-length: " + body.length, "application/json");
        if (stopsAt(Trouble.AFTER_HEADERS)) {
            return;
        }
        int half = body.length / 2;
        add(part(Arrays.copyOf(body, half)));
        if (!stopsWhere(position -> position > 0)) {
            add(last(Arrays.copyOfRange(body, half, body.length), ending));
        }
    }

    private byte[] body() {
        if (reply.raw != null) {
            return reply.raw.getBytes(StandardCharsets.UTF_8);
        }
        JsonNode json = reply.error == null
                ? format.whole(new Answer(request, reply))
                : format.error(reply.status, reply.error, reply.code);
        return Json.text(json).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] cut(byte[] body, Trouble ending) {
        byte[] kept = Arrays.copyOf(body, ending.position() == Trouble.AFTER_HEADERS ? 0 : body.length / 2);
        String garbage = ending.kind() == Kind.GARBAGE ? ending.text() : "";
        return Step.Send.body(kept)
                .followedBy(garbage.getBytes(StandardCharsets.UTF_8))
                .bytes();
    }

    private Step.Send part(byte[] bytes) {
        return reply.answers() ? Step.Send.answer(bytes, 0, null) : Step.Send.body(bytes);
    }

    private Step.Send last(byte[] bytes, @Nullable Trouble ending) {
        if (ending != null) {
            boolean begun = reply.answers() && ending.position() > Trouble.AFTER_HEADERS;
            return Step.Send.body(bytes).ending(begun ? ProviderOutcome.PARTIAL : ProviderOutcome.FAILED);
        }
        if (!reply.answers()) {
            return Step.Send.body(bytes).ending(ProviderOutcome.FAILED);
        }
        return Step.Send.answer(bytes, reply.pieceCount(), new Answer(request, reply).usage())
                .ending(ProviderOutcome.ANSWERED);
    }
}
