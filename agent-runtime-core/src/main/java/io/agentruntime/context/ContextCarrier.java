package io.agentruntime.context;

import org.jspecify.annotations.Nullable;

/**
 * Carries something of a thread along with the {@link UsageContext}, wherever a {@link ContextSnapshot} goes: a logging context, a
 * trace, a security principal.
 *
 * <p>SLF4J's MDC is carried always, and whatever is registered with Micrometer's context-propagation if that library is on the
 * class path. More carriers are found by {@link java.util.ServiceLoader}. Implementations are stateless and thread-safe, must not
 * throw, and are called for every task that is handed over: {@link #capture} has to be quick where there is nothing to carry.
 */
public interface ContextCarrier {

    /**
     * Reads what the calling thread has.
     *
     * @return an immutable copy that any number of threads may install, or null if there is nothing to carry
     */
    @Nullable
    Object capture();

    /**
     * Gives the calling thread what another one had. Not called when neither has anything.
     *
     * @param captured what {@link #capture} returned there; null means that this thread is to have nothing
     * @return puts back what this thread had before; run once, on this thread
     */
    Runnable install(@Nullable Object captured);
}
