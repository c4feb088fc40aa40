package io.agentruntime;

import static java.util.Objects.requireNonNull;

import io.agentruntime.executor.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The settings of a runtime. Immutable and thread-safe.
 *
 * @param agent the pool for model calls; by default 10 threads, 1,000 waiting tasks
 * @param io the pool for files and blobs; by default 20 threads, 1,000 waiting tasks
 * @param query the pool for databases; by default 10 threads, 1,000 waiting tasks
 * @param usageQueueCapacity how many usage events may wait to be stored; by default 10,000
 * @param bulkConcurrency how many items of a bulk queue are handled at a time; by default 5
 * @param shutdownTimeout how long {@link AgentRuntime#close()} may take; by default 30 seconds
 * @param others the host's own pools; by default none
 */
public record AgentRuntimeConfig(
        Workload agent,
        Workload io,
        Workload query,
        int usageQueueCapacity,
        int bulkConcurrency,
        Duration shutdownTimeout,
        List<Workload> others) {

    /**
     * Checks what it is given.
     *
     * @throws IllegalArgumentException if the capacity or the concurrency is less than 1, or the timeout is negative
     */
    public AgentRuntimeConfig {
        requireNonNull(agent, "agent");
        requireNonNull(io, "io");
        requireNonNull(query, "query");
        if (usageQueueCapacity < 1) {
            throw new IllegalArgumentException("usageQueueCapacity < 1: " + usageQueueCapacity);
        }
        if (bulkConcurrency < 1) {
            throw new IllegalArgumentException("bulkConcurrency < 1: " + bulkConcurrency);
        }
        if (shutdownTimeout.isNegative()) {
            throw new IllegalArgumentException("shutdownTimeout is negative: " + shutdownTimeout);
        }
        others = List.copyOf(others);
    }

    /**
     * Gives the defaults.
     *
     * @return the settings of an empty environment
     */
    public static AgentRuntimeConfig create() {
        return fromEnvironment(Map.of());
    }

    /**
     * Reads the settings from the environment of the process. A variable that is not set has its default; the README lists them.
     *
     * @param others the host's own pools and their defaults; {@code <NAME>_EXECUTOR_POOL_SIZE} and {@code
     *     <NAME>_EXECUTOR_QUEUE_CAPACITY} override the bounds of the one with that name, in capitals and with {@code _} for whatever is
     *     neither a letter nor a digit
     * @return the settings
     * @throws ConfigurationException if a variable has a value that cannot be used; it names all such variables
     */
    public static AgentRuntimeConfig fromEnvironment(Workload... others) {
        return fromEnvironment(System.getenv(), others);
    }

    /**
     * Reads the settings from the given variables.
     *
     * @param variables names and values
     * @param others the host's own pools and their defaults, as in {@link #fromEnvironment(Workload...)}
     * @return the settings
     * @throws ConfigurationException if a variable has a value that cannot be used; it names all such variables
     */
    public static AgentRuntimeConfig fromEnvironment(Map<String, String> variables, Workload... others) {
        EnvironmentReader reader = new EnvironmentReader(variables);
        Workload agent = reader.workload(new Workload("agent", 10, 1_000));
        Workload io = reader.workload(new Workload("io", 20, 1_000));
        Workload query = reader.workload(new Workload("query", 10, 1_000));
        int usageQueueCapacity = reader.number("USAGE_QUEUE_CAPACITY", 10_000, 1, 10_000_000);
        int bulkConcurrency = reader.number("BULK_CONCURRENT_DOCUMENTS", 5, 1, 1_000);
        int shutdownSeconds = reader.number("SHUTDOWN_TIMEOUT_SECONDS", 30, 0, 86_400);
        List<Workload> named = Stream.of(others).map(reader::workload).toList();
        reader.throwIfUnusable();
        Duration shutdownTimeout = Duration.ofSeconds(shutdownSeconds);
        return new AgentRuntimeConfig(agent, io, query, usageQueueCapacity, bulkConcurrency, shutdownTimeout, named);
    }
}
