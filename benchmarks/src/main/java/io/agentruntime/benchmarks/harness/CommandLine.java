package io.agentruntime.benchmarks.harness;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lists goals, or runs those that are named, and says how it went: 0 all passed, 1 one or more failed, 2 not understood. */
public final class CommandLine {

    private static final String QUICK = "--quick";
    private static final String ALL = "all";

    private final Map<String, Goal> goals = new LinkedHashMap<>();
    private final PrintStream results;
    private final PrintStream progress;

    /** Takes the goals in the order of their running, where to print lines, and where to print anything else. */
    public CommandLine(List<Goal> goals, PrintStream results, PrintStream progress) {
        goals.forEach(this::add);
        this.results = results;
        this.progress = progress;
    }

    private void add(Goal goal) {
        if (!goal.id().matches("[a-z0-9]+(-[a-z0-9]+)*") || goal.id().equals(ALL)) {
            throw new IllegalArgumentException("not an id of a goal: '" + goal.id() + "'");
        }
        if (goals.put(goal.id(), goal) != null) {
            throw new IllegalArgumentException("two goals with the id " + goal.id());
        }
    }

    /** Does what the arguments ask for, and returns the exit code of the process. */
    public int run(String... args) {
        List<String> ids = new ArrayList<>(List.of(args));
        Effort effort = ids.removeAll(List.of(QUICK)) ? Effort.QUICK : Effort.FULL;
        if (args.length == 0) {
            return list();
        }
        Collection<Goal> chosen = new LinkedHashSet<>();
        for (String id : ids) {
            chosen.addAll(id.equals(ALL) ? goals.values() : find(id));
        }
        boolean understood = ids.stream().allMatch(id -> id.equals(ALL) || goals.containsKey(id));
        if (!understood || chosen.isEmpty()) {
            return misunderstood(ids);
        }
        return measure(chosen, effort);
    }

    private List<Goal> find(String id) {
        Goal goal = goals.get(id);
        return goal == null ? List.of() : List.of(goal);
    }

    private int list() {
        Columns columns = new Columns(goals.values());
        goals.values().forEach(goal -> results.println(columns.description(goal)));
        return 0;
    }

    private int misunderstood(List<String> ids) {
        ids.stream()
                .filter(id -> !id.equals(ALL) && !goals.containsKey(id))
                .forEach(id ->
                        progress.println("unknown goal '" + id + "', known: " + String.join(" ", goals.keySet())));
        progress.println("usage: benchmarks/run [--quick] (all | id...); without arguments it lists the goals");
        return 2;
    }

    private int measure(Collection<Goal> chosen, Effort effort) {
        printMachine();
        if (effort == Effort.QUICK) {
            results.println("# quick: figures are not comparable");
        }
        Columns columns = new Columns(chosen);
        boolean passed = true;
        for (Goal goal : chosen) {
            progress.println("running " + goal.id());
            passed &= measure(goal, effort, columns);
        }
        return passed ? 0 : 1;
    }

    private boolean measure(Goal goal, Effort effort, Columns columns) {
        try {
            Measurement measurement = Measurement.of(goal, effort);
            results.println(columns.result(goal, measurement));
            return measurement.passed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            results.println(columns.failure(goal, e));
            return false;
        } catch (Exception e) { // one goal that breaks must not hide the figures of the others
            e.printStackTrace(progress);
            results.println(columns.failure(goal, e));
            return false;
        }
    }

    private void printMachine() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        var jvm = ManagementFactory.getRuntimeMXBean();
        results.printf(
                Locale.ROOT,
                "# cores: %d, load: %.1f%n",
                system.getAvailableProcessors(),
                system.getSystemLoadAverage());
        results.printf(Locale.ROOT, "# jvm: %s %s (%s)%n", jvm.getVmName(), jvm.getVmVersion(), jvm.getVmVendor());
        results.printf(Locale.ROOT, "# system: %s %s %s%n", system.getName(), system.getVersion(), system.getArch());
    }
}
