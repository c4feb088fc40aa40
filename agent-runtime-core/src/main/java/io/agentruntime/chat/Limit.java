package io.agentruntime.chat;

import dev.langchain4j.exception.TimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** One timeout of one exchange: how long, and how to say that it has passed. */
record Limit(String host, String name, String missing, Duration duration) {

    private static final Duration LONGEST = Duration.ofDays(365);

    static Limit read(String host, Duration duration) {
        return new Limit(host, "read", "gave no answer", duration);
    }

    static Limit firstToken(String host, Duration duration) {
        return new Limit(host, "first-token", "sent no event", duration);
    }

    static Limit idle(String host, Duration duration) {
        return new Limit(host, "idle", "sent no further event", duration);
    }

    static TimeoutException connect(String host, Duration duration, Throwable cause) {
        return new TimeoutException(new Limit(host, "connect", "took no connection", duration).message(), cause);
    }

    long nanos() {
        return (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toNanos();
    }

    /** The failure as LangChain4j has it, with the JDK's as its cause. */
    TimeoutException timeout() {
        return new TimeoutException(message(), new HttpTimeoutException(message()));
    }

    private String message() {
        return name + " timeout: " + host + " " + missing + " within " + duration.toMillis() + " ms";
    }
}
