package io.agentruntime.benchmarks.harness;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The main class of a child JVM: runs one program and prints its values in one line. */
final class Child {

    private static final String MARK = "values:";

    private Child() {}

    /** Takes the name of a {@link WholeRun} and that of an {@link Effort}. */
    public static void main(String[] args) throws Exception {
        Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true); // programs need not be public
        WholeRun program = (WholeRun) constructor.newInstance();
        System.out.println(write(program.run(Effort.valueOf(args[1]))));
    }

    static String write(List<Double> values) {
        return MARK + values.stream().map(value -> " " + value).collect(Collectors.joining());
    }

    static List<Double> read(String output) throws IOException {
        String line = output.lines()
                .filter(text -> text.startsWith(MARK))
                .findFirst()
                .orElseThrow(() -> new IOException("the child JVM printed no values"));
        return Arrays.stream(line.substring(MARK.length()).trim().split(" "))
                .map(Double::valueOf)
                .toList();
    }
}
