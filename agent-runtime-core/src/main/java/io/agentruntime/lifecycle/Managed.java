package io.agentruntime.lifecycle;

/**
 * A component with a life: it starts once, closes its intake, and stops once.
 *
 * <p>{@link Lifecycle} calls each method at most once and never two at the same time. Implementations must be safe for that: the
 * calls may come from different threads.
 */
public interface Managed {

    /**
     * Names the component in reports and logs.
     *
     * @return a short name, the same at every call
     */
    String name();

    /**
     * Makes the component ready. Components before it in the order are ready by then.
     *
     * @throws Exception if it cannot start; it must then hold nothing, for it will not be stopped
     */
    default void start() throws Exception {}

    /**
     * Refuses new work from outside from now on; work that was accepted goes on. Called on all components before the first of
     * them is stopped.
     */
    default void closeIntake() {}

    /**
     * Finishes what was accepted, as far as the deadline allows, and gives everything back. Components after it in the order have
     * stopped by then. May be interrupted when the time is up.
     *
     * @param deadline when to be done
     * @return how many accepted pieces of work were left undone; the goal is 0
     * @throws Exception if something could not be given back; the stop of the others goes on
     */
    long stop(Deadline deadline) throws Exception;
}
