package io.agentruntime;

import static java.util.Objects.requireNonNull;

import io.agentruntime.audit.AuditStore;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.usage.UsageStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Describes an {@link AgentRuntime}. By default it takes its settings from the environment, keeps blobs and usage in memory and
 * uses the system's clock. Not thread-safe.
 */
public final class AgentRuntimeBuilder {

    private @Nullable AgentRuntimeConfig config;
    private BlobStore blobStore = BlobStore.inMemory();
    private UsageStore usageStore = UsageStore.inMemory();
    private AuditStore auditStore = AuditStore.inMemory();
    private @Nullable Path journals;
    private InstantSource clock = InstantSource.system();
    private final List<Managed> components = new ArrayList<>();

    AgentRuntimeBuilder() {}

    /**
     * Sets the settings.
     *
     * @param newConfig in place of those of the environment
     * @return this builder
     */
    public AgentRuntimeBuilder config(AgentRuntimeConfig newConfig) {
        config = requireNonNull(newConfig, "newConfig");
        return this;
    }

    /**
     * Sets where contents are kept.
     *
     * @param newBlobStore in place of one in memory; started and stopped with the runtime if it is {@link Managed}
     * @return this builder
     */
    public AgentRuntimeBuilder blobStore(BlobStore newBlobStore) {
        blobStore = requireNonNull(newBlobStore, "newBlobStore");
        return this;
    }

    /**
     * Sets where usage is kept.
     *
     * @param newUsageStore in place of one in memory; started and stopped with the runtime if it is {@link Managed}
     * @return this builder
     */
    public AgentRuntimeBuilder usageStore(UsageStore newUsageStore) {
        usageStore = requireNonNull(newUsageStore, "newUsageStore");
        return this;
    }

    /**
     * Sets where audit entries go.
     *
     * @param newAuditStore in place of one that lives and dies with the process; started and stopped by the runtime if it is {@link Managed}
     * @return this builder
     */
    public AgentRuntimeBuilder auditStore(AuditStore newAuditStore) {
        auditStore = requireNonNull(newAuditStore, "newAuditStore");
        return this;
    }

    /**
     * Keeps what is on its way through the queues in a folder, so that it outlives the process: usage, audit entries and bulk jobs. Without a
     * folder what still waits when the process dies is lost.
     *
     * @param folder for this runtime alone; made if it does not exist
     * @return this builder
     */
    public AgentRuntimeBuilder journals(Path folder) {
        journals = requireNonNull(folder, "folder");
        return this;
    }

    /**
     * Sets the calendar.
     *
     * @param newClock where the times of events and entries come from
     * @return this builder
     */
    public AgentRuntimeBuilder clock(InstantSource newClock) {
        clock = requireNonNull(newClock, "newClock");
        return this;
    }

    /**
     * Adds a component of the application, such as an agent. It starts after everything that the runtime brings, in the order of
     * the calls, and stops before it.
     *
     * @param component what to start and stop with the runtime
     * @return this builder
     */
    public AgentRuntimeBuilder component(Managed component) {
        components.add(requireNonNull(component, "component"));
        return this;
    }

    /**
     * Makes the runtime.
     *
     * @return a runtime that has not started
     * @throws ConfigurationException if the settings come from the environment and a variable there cannot be used
     */
    public AgentRuntime build() {
        return new AgentRuntime(this);
    }

    AgentRuntimeConfig config() {
        return config == null ? AgentRuntimeConfig.fromEnvironment() : config;
    }

    BlobStore blobStore() {
        return blobStore;
    }

    UsageStore usageStore() {
        return usageStore;
    }

    AuditStore auditStore() {
        return auditStore;
    }

    @Nullable
    Path journals() {
        return journals;
    }

    InstantSource clock() {
        return clock;
    }

    List<Managed> components() {
        return components;
    }
}
