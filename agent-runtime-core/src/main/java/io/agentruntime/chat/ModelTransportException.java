package io.agentruntime.chat;

import io.agentruntime.base.AgentRuntimeException;
import java.io.EOFException;
import java.util.concurrent.CancellationException;

/**
 * Thrown, or handed to a stream, when the transport itself ends an exchange: it was closed, an event is larger than it takes, or the
 * provider ended a stream before the answer did.
 */
public final class ModelTransportException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    private ModelTransportException(String message) {
        super(message);
    }

    private ModelTransportException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a stream ends with whose client saw its end and said nothing. */
    static ModelTransportException cutShort() {
        String message = "the stream ended before the answer did";
        return new ModelTransportException(message, new EOFException(message));
    }

    /** True for a stream that was cut short; whether anything of it was heard, its reader knows. */
    @Override
    public boolean retryable() {
        return isCutShort();
    }

    boolean isCutShort() {
        return getCause() instanceof EOFException;
    }

    static ModelTransportException closed() {
        return cancelled("the model transport is closed");
    }

    static ModelTransportException closedDuring(String host) {
        return cancelled("the model transport was closed during an exchange with " + host);
    }

    /** Whoever closed the transport has cancelled the call. */
    private static ModelTransportException cancelled(String message) {
        return new ModelTransportException(message, new CancellationException(message));
    }

    static ModelTransportException tooLarge(int maxEventBytes) {
        return new ModelTransportException("an event of a stream has more than " + maxEventBytes + " bytes");
    }
}
