package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long an exchange with a provider may take, step by step. All times are positive. Immutable and thread-safe.
 *
 * @param connect until the connection stands
 * @param read from sending the request until the headers of the answer, for a stream; until the whole answer, for any other request
 *     and for an error answer
 * @param firstToken from sending the request until the first event of a stream
 * @param idle from one event of a stream, handled, until the next one; a comment, such as a keep-alive, is no event
 */
public record ModelHttpTimeouts(Duration connect, Duration read, Duration firstToken, Duration idle) {

    /** 15 s to connect, 60 s for each of the others. */
    public static final ModelHttpTimeouts DEFAULT = new ModelHttpTimeouts(
            Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60));

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if a time is zero or negative
     */
    public ModelHttpTimeouts {
        check("connect", connect);
        check("read", read);
        check("firstToken", firstToken);
        check("idle", idle);
    }

    private static void check(String name, Duration timeout) {
        if (requireNonNull(timeout, name).isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException(name + " is " + timeout + ", allowed: more than 0");
        }
    }

    /**
     * Changes the time to connect.
     *
     * @param timeout the new time
     * @return a copy with that time
     */
    public ModelHttpTimeouts withConnect(Duration timeout) {
        return new ModelHttpTimeouts(timeout, read, firstToken, idle);
    }

    /**
     * Changes the time until the headers, or the whole answer.
     *
     * @param timeout the new time
     * @return a copy with that time
     */
    public ModelHttpTimeouts withRead(Duration timeout) {
        return new ModelHttpTimeouts(connect, timeout, firstToken, idle);
    }

    /**
     * Changes the time until the first event of a stream.
     *
     * @param timeout the new time
     * @return a copy with that time
     */
    public ModelHttpTimeouts withFirstToken(Duration timeout) {
        return new ModelHttpTimeouts(connect, read, timeout, idle);
    }

    /**
     * Changes the time between two events of a stream.
     *
     * @param timeout the new time
     * @return a copy with that time
     */
    public ModelHttpTimeouts withIdle(Duration timeout) {
        return new ModelHttpTimeouts(connect, read, firstToken, timeout);
    }
}
