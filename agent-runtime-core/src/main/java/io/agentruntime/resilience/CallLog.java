package io.agentruntime.resilience;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * What was admitted during the last minute, call by call: exact, where a fixed window or a bucket would let twice the limit through at
 * its edge. Costs an entry for each call of the last minute. Not thread-safe.
 */
final class CallLog {

    /** Longer than any deadline: a call that needs more than the limit. */
    static final long NEVER = Duration.ofDays(366).toNanos();

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final long requestLimit;
    private final long tokenLimit;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private long requests;
    private long tokens;

    /** One call, or what a call turned out to need beyond its estimate. */
    static final class Entry {

        private final long at;
        private int requests;
        private long tokens;
        private boolean old;

        private Entry(long at, int requests, long tokens) {
            this.at = at;
            this.requests = requests;
            this.tokens = tokens;
        }
    }

    CallLog(long requestLimit, long tokenLimit) {
        this.requestLimit = requestLimit;
        this.tokenLimit = tokenLimit;
    }

    long requests() {
        return requests;
    }

    long tokens() {
        return tokens;
    }

    long requestLimit() {
        return requestLimit;
    }

    long tokenLimit() {
        return tokenLimit;
    }

    boolean requestFits() {
        return requests < requestLimit;
    }

    boolean tokensFit(long needed) {
        return needed <= tokenLimit - tokens;
    }

    /** Forgets what is a minute old. */
    void turn(long now) {
        for (Entry oldest = entries.peek(); oldest != null && now - oldest.at >= MINUTE; oldest = entries.peek()) {
            entries.remove();
            oldest.old = true;
            requests -= oldest.requests;
            tokens -= oldest.tokens;
        }
    }

    Entry add(long now, long needed) {
        return add(new Entry(now, 1, needed));
    }

    private Entry add(Entry entry) {
        entries.add(entry);
        requests += entry.requests;
        tokens += entry.tokens;
        return entry;
    }

    /** A call needed more than it was thought to: that counts from now on. Or less: that is free at once, if it still counts. */
    void correct(Entry entry, long difference, long now) {
        if (difference > 0) {
            add(new Entry(now, 0, difference));
        } else if (!entry.old) {
            entry.tokens += difference;
            tokens += difference;
        }
    }

    /** A call was not made. */
    void remove(Entry entry) {
        if (!entry.old) {
            requests -= entry.requests;
            tokens -= entry.tokens;
            entry.requests = 0;
            entry.tokens = 0;
        }
    }

    /**
     * Finds out how long it takes until the last of several calls that come in this order fits, if each of them is admitted as soon as
     * it does. What is corrected until then may change that.
     */
    long nanosUntilLast(Iterator<Long> needs, long from, long now) {
        ArrayDeque<Entry> ahead = new ArrayDeque<>(entries);
        long usedRequests = requests;
        long usedTokens = tokens;
        long time = from;
        while (needs.hasNext()) {
            long needed = needs.next();
            while (usedRequests >= requestLimit || needed > tokenLimit - usedTokens) {
                Entry oldest = ahead.poll();
                if (oldest == null) {
                    return NEVER;
                }
                usedRequests -= oldest.requests;
                usedTokens -= oldest.tokens;
                time = Math.max(time, oldest.at + MINUTE);
            }
            ahead.add(new Entry(time, 1, needed));
            usedRequests++;
            usedTokens += needed;
        }
        return time - now;
    }
}
