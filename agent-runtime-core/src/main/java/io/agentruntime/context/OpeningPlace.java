package io.agentruntime.context;

/** The stack trace of the opening of a scope. */
final class OpeningPlace extends Throwable {

    private static final long serialVersionUID = 1L;

    OpeningPlace() {
        super("the scope was opened here, on thread '" + Thread.currentThread().getName() + "'");
    }
}
