package io.agentruntime.testkit.provider;

/** Where and how a reply goes wrong for good. */
record Trouble(Kind kind, int position, String text) {

    /** Before any byte. */
    static final int FIRST = -2;

    /** In the middle of the headers. */
    static final int IN_HEADERS = -1;

    /** After the headers; larger numbers are after that many pieces. */
    static final int AFTER_HEADERS = 0;

    enum Kind {
        /** Break the connection. */
        RESET,
        /** Close the connection. */
        CLOSE,
        /** End the body as if that were all. */
        END,
        /** Send an error in the stream, and end it. */
        ERROR,
        /** Send something else, and end it. */
        GARBAGE
    }

    /** Whether the connection does not survive it. */
    boolean breaks() {
        return kind == Kind.RESET || kind == Kind.CLOSE;
    }
}
