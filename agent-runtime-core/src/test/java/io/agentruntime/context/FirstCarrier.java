package io.agentruntime.context;

/** Lets tests of other packages stand where the first carrier of the process stands. */
public final class FirstCarrier {

    private FirstCarrier() {}

    /** Puts a carrier in the place of the first one, and returns that. */
    public static ContextCarrier replace(ContextCarrier other) {
        return Carriers.replaceFirst(other);
    }
}
