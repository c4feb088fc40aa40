package io.agentruntime.chat;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notices models that repeat a failed request by themselves, so that attempts are more than the retry thinks. Thread-safe. */
final class SelfRetries {

    private static final Logger log = LoggerFactory.getLogger(SelfRetries.class);

    private final AtomicLong seen = new AtomicLong();

    /** Looks at what one attempt has sent. */
    void check(String route, WireCall attempt) {
        int requests = attempt.exchanges();
        if (requests > 1) {
            long times = seen.incrementAndGet();
            if (Long.bitCount(times) == 1) {
                log.warn(
                        "model '{}' sent {} requests in one attempt: it repeats them by itself; build it with maxRetries(0) ({} times"
                                + " so far)",
                        route,
                        requests,
                        times);
            }
        }
    }

    /** How many attempts sent more than one request. */
    long count() {
        return seen.get();
    }
}
