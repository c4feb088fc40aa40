package io.agentruntime.examples.documents;

/** How the process ends. */
final class ExitCodes {
    /** Everything was done. */
    static final int DONE = 0;

    /** Something was not done; the standard error says what. */
    static final int FAILED = 1;

    /** Nothing was done, for what was given or set cannot be used. */
    static final int UNUSABLE = 2;

    private ExitCodes() {}
}
