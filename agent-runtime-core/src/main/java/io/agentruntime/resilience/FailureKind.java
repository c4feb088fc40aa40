package io.agentruntime.resilience;

/** What a failed call means for what to do next. */
public enum FailureKind {
    /** The provider, or the way to it, does not work just now: server errors, overload, lost connections, timeouts, unknown hosts. */
    TRANSIENT,
    /** The provider works, and wants to be asked less often. */
    RATE_LIMITED,
    /** The provider does not accept this request, and would not accept it a second time; also an unknown model. */
    INVALID_REQUEST,
    /** The provider does not accept the caller: no valid key, no right to the model, no credit, no certificate that can be trusted. */
    AUTHENTICATION,
    /** The provider's content policy forbids the request or the answer. */
    CONTENT_FILTERED,
    /** The request has more tokens than this model, or this account with this model, takes at once. */
    CONTEXT_WINDOW,
    /** The call was ended on this side: cancelled, interrupted, or refused by an executor. Says nothing about the provider. */
    CANCELLED,
    /** The program is wrong, or the failure is of a kind that nobody knows: neither time nor another model would help. */
    BUG
}
