package io.agentruntime.chat;

/** An exchange under way. */
interface OpenCall extends Cancellable {

    /** Ends it with a failure, which its caller is told, unless it has ended. */
    void fail(Throwable failure);

    /** The failure of an exchange that the transport does not let end by itself. */
    ModelTransportException closed();
}
