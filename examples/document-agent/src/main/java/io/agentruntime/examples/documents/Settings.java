package io.agentruntime.examples.documents;

import io.agentruntime.AgentRuntimeConfig;
import io.agentruntime.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the environment sets.
 *
 * @param runtime the pools, the queue and the time for a stop
 * @param model which model to use
 */
record Settings(AgentRuntimeConfig runtime, ModelSettings model) {
    /** The tasks that one document may have waiting in one pool. */
    static final int TASKS_PER_DOCUMENT = 4;

    /**
     * Reads the variables.
     *
     * @throws CannotRunException if variables cannot be used; it names them all
     */
    static Settings read(Map<String, String> environment) {
        List<String> problems = new ArrayList<>();
        AgentRuntimeConfig runtime = AgentRuntimeConfig.create();
        try {
            runtime = AgentRuntimeConfig.fromEnvironment(environment);
        } catch (ConfigurationException e) {
            problems.addAll(e.problems());
        }
        checkQueue("AGENT", runtime.agent().queueCapacity(), problems);
        checkQueue("IO", runtime.io().queueCapacity(), problems);
        checkQueue("QUERY", runtime.query().queueCapacity(), problems);
        ModelSettings model = ModelSettings.read(environment, problems);
        if (!problems.isEmpty()) {
            throw new CannotRunException(problems, ExitCodes.UNUSABLE);
        }
        return new Settings(runtime, model);
    }

    private static void checkQueue(String pool, int capacity, List<String> problems) {
        if (capacity < TASKS_PER_DOCUMENT) {
            problems.add(pool + "_EXECUTOR_QUEUE_CAPACITY is '" + capacity + "', this application needs "
                    + TASKS_PER_DOCUMENT + " or more");
        }
    }

    /** How many documents may be under way at once: enough to keep the agent pool busy, and no pool ever overflows. */
    int documentsAtOnce() {
        int room = Math.min(
                runtime.agent().queueCapacity(),
                Math.min(runtime.io().queueCapacity(), runtime.query().queueCapacity()));
        return Math.max(1, Math.min(runtime.agent().threads() / 2 + 1, room / TASKS_PER_DOCUMENT));
    }
}
