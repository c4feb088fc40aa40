package io.agentruntime.testkit;

import io.agentruntime.usage.UsageStore;

class InMemoryUsageStoreTest extends UsageStoreContract {

    @Override
    protected UsageStore create() {
        return UsageStore.inMemory();
    }
}
