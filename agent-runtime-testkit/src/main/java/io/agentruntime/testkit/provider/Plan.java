package io.agentruntime.testkit.provider;

import io.agentruntime.testkit.provider.Trouble.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Turns a reply into steps: what to send, where to wait, and where to stop. */
abstract class Plan {

    final ProviderRequest request;
    final Reply reply;
    final WireFormat format;
    private final List<Step> steps = new ArrayList<>();

    Plan(ProviderRequest request, Reply reply) {
        this.request = request;
        this.reply = reply;
        this.format = request.protocol().format();
    }

    static List<Step> of(ProviderRequest request, Reply reply) {
        boolean streamed = reply.answers() && request.streaming();
        Plan plan = streamed ? new StreamPlan(request, reply) : new WholePlan(request, reply);
        plan.check();
        if (!plan.stopsAt(Trouble.FIRST)) {
            plan.write();
        }
        return plan.steps;
    }

    abstract void write();

    /** What only leads to the next thing to send goes out together with it, as it would from a provider. */
    final void add(Step step) {
        Step last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        if (last instanceof Step.Send lead && step instanceof Step.Send next && lead.leads()) {
            steps.set(steps.size() - 1, lead.with(next));
        } else {
            steps.add(step);
        }
    }

    private void check() {
        int pieces = reply.answers() ? reply.pieceCount() : 1;
        int farthest = reply.holds.stream().mapToInt(Hold::position).max().orElse(0);
        farthest = reply.trouble == null ? farthest : Math.max(farthest, reply.trouble.position());
        if (farthest > pieces) {
            throw new IllegalArgumentException(
                    "the reply has " + pieces + " pieces, but something is to happen after " + farthest);
        }
    }

    /** Waits where that is due, and says whether a broken connection is the end. */
    final boolean stopsAt(int position) {
        return stopsWhere(each -> each == position);
    }

    final boolean stopsWhere(IntPredicate position) {
        reply.holds.stream()
                .filter(hold -> position.test(hold.position()))
                .forEach(hold -> add(new Step.Wait(hold.gate())));
        Trouble trouble = reply.trouble;
        boolean stops = trouble != null && trouble.breaks() && position.test(trouble.position());
        if (trouble != null && stops) {
            add(new Step.Break(trouble.kind() == Kind.RESET));
        }
        return stops;
    }

    /** What ends the body too early at a position, if anything does. */
    final @Nullable Trouble endingWhere(IntPredicate position) {
        Trouble trouble = reply.trouble;
        return trouble == null || trouble.breaks() || !position.test(trouble.position()) ? null : trouble;
    }

    final void head(String framing, String type) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", type);
        headers.putAll(format.headers(request.number()));
        if (reply.limits != null) {
            headers.putAll(reply.limits.headers(request.protocol()));
        }
        reply.headers.forEach((name, value) -> {
            headers.keySet().removeIf(name::equalsIgnoreCase);
            headers.put(name, value);
        });
        add(Step.Send.head("HTTP/1.1 " + reply.status + " Scripted\r\n" + framing + "\r\n", reply.status));
        stopsAt(Trouble.IN_HEADERS);
        StringBuilder rest = new StringBuilder();
        headers.forEach(
                (name, value) -> rest.append(name).append(": ").append(value).append("\r\n"));
        add(Step.Send.head(rest + "\r\n", 0));
    }
}
