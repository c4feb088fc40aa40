package io.agentruntime.usage;

import java.util.List;

/**
 * Keeps usage events. Implementations are thread-safe.
 *
 * <p>A store that is also {@link io.agentruntime.lifecycle.Managed} is started and stopped by the runtime it is given to.
 */
public interface UsageStore {

    /**
     * Makes a store that lives and dies with the process, and keeps one entry per event in memory: for tests and first steps.
     *
     * @return the store
     */
    static UsageStore inMemory() {
        return new MemoryUsageStore();
    }

    /**
     * Stores a batch, whole or not at all. An event whose id is stored already is passed over.
     *
     * @param events what to store
     * @throws Exception if nothing was stored; the batch may be given again
     */
    void store(List<UsageEvent> events) throws Exception;

    /**
     * Adds up everything that was ever stored.
     *
     * @return one total per organisation and feature, sorted by both
     * @throws Exception if the store could not be read
     */
    List<UsageTotal> totals() throws Exception;
}
