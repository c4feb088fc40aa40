package io.agentruntime.usage;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Adds up the events that pass by, for whoever made it: a request, a run, a test. Exact under any number of
 * threads, once they are done; thread-safe.
 *
 * <p>Chain it with another receiver: {@code UsageLedger.create(tally.andThen(queue::enqueue))}.
 */
public final class UsageTally implements Consumer<UsageEvent> {

    private final LongAdder calls = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final Sums spent = new Sums();
    private final Sums saved = new Sums();

    /** Makes a tally that stands at 0. */
    public UsageTally() {}

    /**
     * Adds one event.
     *
     * @param event what to add
     */
    @Override
    public void accept(UsageEvent event) {
        if (event.outcome() == CallOutcome.CACHED) {
            cached.increment();
            saved.add(event.saved());
        } else {
            calls.increment();
            spent.add(event.spent());
        }
    }

    /** Adds counts without counting a call. */
    void add(TokenCounts tokens) {
        spent.add(tokens);
    }

    /**
     * Tells how many calls were added.
     *
     * @return the number of calls, however they ended, without those that asked no model
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
        return spent.read();
    }

    /**
     * Tells how many answers were given without a call.
     *
     * @return the number of events with the outcome {@link CallOutcome#CACHED}
     */
    public long cached() {
        return cached.sum();
    }

    /**
     * Tells what these would have cost together.
     *
     * @return the sum of their tokens, which is not a part of {@link #tokens}
     */
    public TokenCounts saved() {
        return saved.read();
    }

    /** Sums of each kind of tokens. */
    private static final class Sums {

        /*
         * A part must never be seen to be larger than its whole while threads add. So every event adds its wholes first, and a reader
         * reads the parts first: whatever it has seen of a part, it then finds in the whole.
         */
        private final LongAccumulator total = new LongAccumulator(TokenCounts::sum, 0);
        private final LongAccumulator input = new LongAccumulator(TokenCounts::sum, 0);
        private final LongAccumulator output = new LongAccumulator(TokenCounts::sum, 0);
        private final LongAccumulator cacheRead = new LongAccumulator(TokenCounts::sum, 0);
        private final LongAccumulator cacheWrite = new LongAccumulator(TokenCounts::sum, 0);
        private final LongAccumulator reasoning = new LongAccumulator(TokenCounts::sum, 0);

        void add(TokenCounts tokens) {
            total.accumulate(tokens.total());
            input.accumulate(tokens.input());
            output.accumulate(tokens.output());
            cacheRead.accumulate(tokens.cacheRead());
            cacheWrite.accumulate(tokens.cacheWrite());
            reasoning.accumulate(tokens.reasoning());
        }

        TokenCounts read() {
            long thought = reasoning.get();
            long written = cacheWrite.get();
            long read = cacheRead.get();
            long out = output.get();
            long in = input.get();
            return new TokenCounts(in, out, read, written, thought, total.get());
        }
    }
}
