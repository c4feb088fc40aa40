package io.agentruntime;

import io.agentruntime.executor.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Reads variables one by one and remembers what is wrong with them, so that all of it can be said at once. */
final class EnvironmentReader {

    private final Map<String, String> variables;
    private final List<String> problems = new ArrayList<>();

    EnvironmentReader(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** Reads the bounds of a workload, whose name is the beginning of the names of its variables. */
    Workload workload(Workload defaults) {
        String prefix = defaults.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_EXECUTOR";
        int threads = number(prefix + "_POOL_SIZE", defaults.threads(), 1, Workload.MAX_THREADS);
        int capacity = number(prefix + "_QUEUE_CAPACITY", defaults.queueCapacity(), 0, Workload.MAX_QUEUE_CAPACITY);
        return defaults.withBounds(threads, capacity);
    }

    /** Reads a whole number; one that cannot be used becomes the default, and a problem. */
    int number(String name, int defaultValue, int min, int max) {
        String value = variables.get(name);
        if (value == null) {
            return defaultValue;
        }
        OptionalInt number = parse(value.strip());
        if (number.isPresent() && number.getAsInt() >= min && number.getAsInt() <= max) {
            return number.getAsInt();
        }
        problems.add(name + " is '" + value + "', allowed: a whole number from " + min + " to " + max);
        return defaultValue;
    }

    private static OptionalInt parse(String text) {
        return text.matches("-?\\d{1,9}") ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }

    void throwIfUnusable() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
