package io.agentruntime.examples.documents;

/** Says that a model was not called, because no call is to be made any more. Whoever decided that has told the user. */
final class CallNotMadeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallNotMadeException() {
        super("no model call is made any more");
    }
}
