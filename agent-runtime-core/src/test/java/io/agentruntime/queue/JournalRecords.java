package io.agentruntime.queue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** JournalRecords of text, for the tests of journals. */
final class JournalRecords {

    private JournalRecords() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Journal.Entry entry) {
        ByteBuffer bytes = entry.bytes().duplicate();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return new String(array, StandardCharsets.UTF_8);
    }

    static List<Journal.Entry> all(Journal journal) {
        return journal.read(0, Integer.MAX_VALUE);
    }

    static List<String> texts(Journal journal) {
        return all(journal).stream().map(JournalRecords::text).toList();
    }

    static List<Long> sequences(Collection<Journal.Entry> entries) {
        return entries.stream().map(Journal.Entry::sequence).toList();
    }

    /** The names of the files in a folder that end so, sorted. */
    static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /** What the files of a folder take together. */
    static long bytesIn(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : files(folder, "")) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
