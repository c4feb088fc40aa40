package io.agentruntime.usage;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Adds up the events that pass by, for whoever made it: a request, a run, a test. Exact under any number of
 * threads, once they are done; thread-safe.
 *
 * <p>Chain it with another receiver: {@code TokenTrackingListener.create(tally.andThen(queue::enqueue))}.
 */
public final class UsageTally implements Consumer<UsageEvent> {

    private final LongAdder calls = new LongAdder();
    private final LongAdder input = new LongAdder();
    private final LongAdder output = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final LongAdder total = new LongAdder();

    /** Makes a tally that stands at 0. */
    public UsageTally() {}

    /**
     * Adds one event.
     *
     * @param event what to add
     */
    @Override
    public void accept(UsageEvent event) {
        calls.increment();
        input.add(event.tokens().input());
        output.add(event.tokens().output());
        cached.add(event.tokens().cached());
        total.add(event.tokens().total());
    }

    /**
     * Tells how many calls were added.
     *
     * @return the number of calls, the failed ones included
     */
    public long calls() {
        return calls.sum();
    }

    /**
     * Tells what they cost together.
     *
     * @return the sum of their tokens
     */
    public TokenCounts tokens() {
        return new TokenCounts(input.sum(), output.sum(), cached.sum(), total.sum());
    }
}
