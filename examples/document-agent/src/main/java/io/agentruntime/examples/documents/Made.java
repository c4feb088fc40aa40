package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.reading.DocumentException;
import io.agentruntime.executor.WorkloadRejectedException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What has become of one thing that was to be made of a document.
 *
 * @param name the name of the thing
 * @param outcome what has become of it
 * @param problem why it failed, in one line, or an empty string
 */
record Made(String name, Outcome outcome, String problem) {
    /** What has become of the thing. */
    enum Outcome {
        /** It was in the cache. */
        HIT,
        /** The model made it. */
        MADE,
        /** It was not made, and the problem says why. */
        FAILED,
        /** It was not made, for no model call is made any more. */
        NOT_DONE
    }

    /** Whether it is there now. */
    boolean isThere() {
        return outcome == Outcome.HIT || outcome == Outcome.MADE;
    }

    static Made hit(String name) {
        return new Made(name, Outcome.HIT, "");
    }

    static Made of(String name, @Nullable Throwable failure) {
        if (failure == null) {
            return new Made(name, Outcome.MADE, "");
        }
        return isStop(failure) ? new Made(name, Outcome.NOT_DONE, "") : new Made(name, Outcome.FAILED, reason(failure));
    }

    /** Whether the work was not done because all work ends. */
    static boolean isStop(Throwable failure) {
        Throwable cause = cause(failure);
        return cause instanceof CallNotMadeException
                || cause instanceof CancellationException
                || (cause instanceof WorkloadRejectedException rejected && rejected.closed());
    }

    /** Whether the document itself cannot be used. */
    static boolean isRefusal(Throwable failure) {
        return cause(failure) instanceof DocumentException;
    }

    /** Says why, in one line that does not name the document. */
    static String reason(Throwable failure) {
        Throwable cause = cause(failure);
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause.getClass().getSimpleName();
        }
        return cause instanceof DocumentException e
                ? message.substring(e.document().length() + 2)
                : message;
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause(cause) : failure;
    }
}
