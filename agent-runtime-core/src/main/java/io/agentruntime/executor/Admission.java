package io.agentruntime.executor;

/** How the offer of a task to a pool ended. */
enum Admission {
    ACCEPTED,
    FULL,
    CLOSED
}
