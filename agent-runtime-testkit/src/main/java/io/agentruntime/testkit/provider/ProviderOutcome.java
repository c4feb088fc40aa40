package io.agentruntime.testkit.provider;

/** What became of a call to a {@link ProviderServer}, as the server knows it. */
public enum ProviderOutcome {
    /** It has arrived, and its reply has not ended. */
    PENDING,
    /** All of an answer was sent, its usage and its end included. */
    ANSWERED,
    /** A part of an answer was sent: more than its headers, less than its end. */
    PARTIAL,
    /** No part of an answer was sent: an error status, nonsense, headers only, or nothing at all. */
    FAILED
}
