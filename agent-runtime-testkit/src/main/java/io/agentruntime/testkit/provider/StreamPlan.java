package io.agentruntime.testkit.provider;

import io.agentruntime.testkit.provider.Trouble.Kind;
import io.agentruntime.testkit.provider.WireFormat.Answer;
import io.agentruntime.testkit.provider.WireFormat.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer in pieces: one chunk of HTTP for each event. */
final class StreamPlan extends Plan {

    private static final byte[] END_OF_CHUNKS = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private int sent;

    StreamPlan(ProviderRequest request, Reply reply) {
        super(request, reply);
    }

    @Override
    void write() {
        List<Event> events = format.events(new Answer(request, reply));
        head("transfer-encoding: chunked", "text/event-stream");
        if (endsHere()) {
            return;
        }
        for (Event event : events.subList(0, events.size() - 1)) {
            add(chunk(event));
            for (int i = 0; i < event.pieces(); i++) {
                sent++;
                if (endsHere()) {
                    return;
                }
            }
        }
        // in one with the end of the body: nobody can have read the end of an answer before it is counted
        add(chunk(events.get(events.size() - 1)).followedBy(END_OF_CHUNKS).ending(ProviderOutcome.ANSWERED));
    }

    private boolean endsHere() {
        if (stopsAt(sent)) {
            return true;
        }
        Trouble trouble = endingWhere(position -> position == sent);
        if (trouble != null) {
            end(trouble);
        }
        return trouble != null;
    }

    private void end(Trouble trouble) {
        String event = lastEvent(trouble);
        byte[] bytes = event == null ? new byte[0] : chunk(Event.of(event)).bytes();
        ProviderOutcome outcome = sent > 0 ? ProviderOutcome.PARTIAL : ProviderOutcome.FAILED;
        add(Step.Send.body(bytes).followedBy(END_OF_CHUNKS).ending(outcome));
    }

    private @Nullable String lastEvent(Trouble trouble) {
        if (trouble.kind() == Kind.ERROR) {
            return format.errorEvent(format.error(reply.status, trouble.text(), reply.code));
        }
        return trouble.kind() == Kind.GARBAGE ? format.event(trouble.text()) : null;
    }

    private static Step.Send chunk(Event event) {
        byte[] text = event.text().getBytes(StandardCharsets.UTF_8);
        byte[] size = (Integer.toHexString(text.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] end = "\r\n".getBytes(StandardCharsets.US_ASCII);
        return Step.Send.answer(size, event.pieces(), event.usage())
                .followedBy(text)
                .followedBy(end);
    }
}
