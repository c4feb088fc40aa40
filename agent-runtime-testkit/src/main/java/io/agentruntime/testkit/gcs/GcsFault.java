package io.agentruntime.testkit.gcs;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.function.UnaryOperator;

/** A way in which the answer to one request goes wrong. Immutable; thread-safe if what it was made of is. */
public final class GcsFault {

    /** Answers in place of the server. */
    interface Answer {
        void give(GcsExchange exchange) throws IOException;
    }

    private final Answer answer;

    private GcsFault(Answer answer) {
        this.answer = answer;
    }

    /**
     * Refuses the request.
     *
     * @param status the status, such as 503
     * @return the fault
     */
    public static GcsFault status(int status) {
        return new GcsFault(exchange -> exchange.send(GcsReply.error(status, "scripted")));
    }

    /**
     * Closes the connection without a word.
     *
     * @return the fault
     */
    public static GcsFault reset() {
        return new GcsFault(GcsExchange::abort);
    }

    /**
     * Says nothing until the server is closed, so that the client runs into its timeout.
     *
     * @return the fault
     */
    public static GcsFault stall() {
        return new GcsFault(GcsExchange::stall);
    }

    /**
     * Does what was asked, and then goes wrong.
     *
     * @param fault what becomes of the answer
     * @return the fault
     */
    public static GcsFault done(GcsFault fault) {
        requireNonNull(fault, "fault");
        return new GcsFault(exchange -> {
            exchange.reply();
            fault.answer.give(exchange);
        });
    }

    /**
     * Lets something else happen first.
     *
     * @param something what happens
     * @param fault what becomes of the request then
     * @return the fault
     */
    public static GcsFault after(Runnable something, GcsFault fault) {
        requireNonNull(something, "something");
        requireNonNull(fault, "fault");
        return new GcsFault(exchange -> {
            something.run();
            fault.answer.give(exchange);
        });
    }

    /**
     * Nothing goes wrong.
     *
     * @return no fault
     */
    public static GcsFault none() {
        return new GcsFault(exchange -> exchange.send(exchange.reply()));
    }

    /**
     * Changes the bytes of the answer, and says nothing of it in its headers.
     *
     * @param change makes other bytes of those that are right, which it may change
     * @return the fault
     */
    public static GcsFault changed(UnaryOperator<byte[]> change) {
        requireNonNull(change, "change");
        return new GcsFault(exchange -> exchange.send(exchange.reply().changed(change)));
    }

    /**
     * Promises the whole answer, sends half of it, and closes the connection.
     *
     * @return the fault
     */
    public static GcsFault truncated() {
        return new GcsFault(exchange -> exchange.sendHalf(exchange.reply()));
    }

    void answer(GcsExchange exchange) throws IOException {
        answer.give(exchange);
    }
}
