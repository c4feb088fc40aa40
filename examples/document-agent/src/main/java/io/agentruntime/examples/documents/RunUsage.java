package io.agentruntime.examples.documents;

import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageTally;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Adds up the model calls of this run, all together and per request. Thread-safe. */
final class RunUsage implements Consumer<UsageEvent> {
    /**
     * One document or question of this run.
     *
     * @param id names it in the usage records, unique over all runs
     * @param tally adds up its calls
     */
    record Request(String id, UsageTally tally) {}

    private final String run = UUID.randomUUID().toString();
    private final AtomicInteger begun = new AtomicInteger();
    private final UsageTally all = new UsageTally();
    private final LongAdder failed = new LongAdder();
    private final Map<String, UsageTally> requests = new ConcurrentHashMap<>();

    /** Begins to add up the calls for one document or question, whose text need not be fit for an id. */
    Request begin(String subject) {
        String id = run + "-" + begun.incrementAndGet() + " " + Printable.line(subject);
        Request request =
                new Request(id.substring(0, Math.min(id.length(), UsageContext.MAX_LENGTH)), new UsageTally());
        requests.put(request.id(), request.tally());
        return request;
    }

    void end(Request request) {
        requests.remove(request.id());
    }

    @Override
    public void accept(UsageEvent event) {
        all.accept(event);
        if (event.outcome() == CallOutcome.FAILED) {
            failed.increment();
        }
        UsageTally tally = event.request() == null ? null : requests.get(event.request());
        if (tally != null) {
            tally.accept(event);
        }
    }

    long calls() {
        return all.calls();
    }

    /** Says what this run has cost. */
    String line() {
        if (calls() == 0) {
            return "This run: 0 model calls, 0 tokens.";
        }
        TokenCounts tokens = all.tokens();
        return "This run: " + Table.count(calls(), "model call") + failures() + ", "
                + Table.count(tokens.input(), "token") + " in (" + Table.number(tokens.cacheRead()) + " cached), "
                + Table.number(tokens.output()) + " out.";
    }

    private String failures() {
        return failed.sum() == 0 ? "" : " (" + Table.number(failed.sum()) + " failed)";
    }
}
