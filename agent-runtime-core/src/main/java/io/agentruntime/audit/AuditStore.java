package io.agentruntime.audit;

import java.util.List;

/**
 * Keeps audit entries. Implementations are thread-safe.
 *
 * <p>A store that is also {@link io.agentruntime.lifecycle.Managed} is started and stopped by the runtime it is given to.
 */
public interface AuditStore {

    /**
     * Makes a store that lives and dies with the process: for tests and first steps.
     *
     * @return the store
     */
    static AuditStore inMemory() {
        return new MemoryAuditStore();
    }

    /**
     * Stores a batch, whole or not at all. An entry whose id is stored already is passed over.
     *
     * @param entries what to store
     * @throws Exception if nothing was stored; the batch may be given again
     */
    void store(List<AuditEntry> entries) throws Exception;

    /**
     * Reads what an organisation has done.
     *
     * @param organisation the organisation
     * @return its entries by time, the oldest first
     * @throws Exception if the store could not be read
     */
    List<AuditEntry> entries(String organisation) throws Exception;
}
