package io.agentruntime.testkit;

import io.agentruntime.audit.AuditStore;

class InMemoryAuditStoreTest extends AuditStoreContract {

    @Override
    protected AuditStore create() {
        return AuditStore.inMemory();
    }
}
