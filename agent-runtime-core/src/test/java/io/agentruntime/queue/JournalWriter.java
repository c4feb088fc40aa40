package io.agentruntime.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Another process with a journal: it tries to open one, holds one, or appends to one until it is killed. */
final class JournalWriter {

    private JournalWriter() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "try" -> tryToOpen(Path.of(arguments[1]));
            case "hold" -> hold(Path.of(arguments[1]));
            default -> append(Path.of(arguments[1]));
        }
    }

    static Journal open(Path folder) {
        return Journal.inDirectory(folder).segmentBytes(16 * 1024).open();
    }

    private static void tryToOpen(Path folder) {
        try (Journal journal = open(folder)) {
            System.out.println("opened with " + journal.size());
        } catch (JournalException e) {
            System.out.println(e.reason());
        }
    }

    private static void hold(Path folder) throws IOException {
        open(folder).append(JournalRecords.bytes("held"));
        System.out.println("holding");
        int unused = System.in.read();
    }

    /** A record begins with its number: so no other one appends. What is printed has been appended. */
    private static void append(Path folder) {
        Journal journal = open(folder);
        long expected = journal.append(JournalRecords.bytes("first"));
        journal.acknowledge(List.of(expected));
        for (int i = 0; ; i++) {
            expected++;
            long sequence = journal.append(JournalRecords.bytes(expected + " " + "x".repeat(i % 300)));
            System.out.println(sequence);
        }
    }
}
