package io.agentruntime.chat;

import io.agentruntime.base.AgentRuntimeException;

/** Thrown, or handed to a stream, when the transport itself ends an exchange: it was closed, or an event is larger than it takes. */
public final class ModelTransportException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    private ModelTransportException(String message) {
        super(message);
    }

    static ModelTransportException closed() {
        return new ModelTransportException("the model transport is closed");
    }

    static ModelTransportException closedDuring(String host) {
        return new ModelTransportException("the model transport was closed during an exchange with " + host);
    }

    static ModelTransportException tooLarge(int maxEventBytes) {
        return new ModelTransportException("an event of a stream has more than " + maxEventBytes + " bytes");
    }
}
