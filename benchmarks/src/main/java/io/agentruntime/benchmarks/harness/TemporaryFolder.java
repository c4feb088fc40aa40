package io.agentruntime.benchmarks.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files to be measured on, which disappears with all that is in it. */
public record TemporaryFolder(Path path) implements AutoCloseable {

    /** Makes an empty folder. */
    public static TemporaryFolder create() {
        try {
            return new TemporaryFolder(Files.createTempDirectory("benchmark-"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    /** Lists the files in it, those in inner folders too. */
    public List<Path> files() {
        return content().stream().filter(Files::isRegularFile).toList();
    }

    private List<Path> content() {
        try (Stream<Path> paths = Files.walk(path)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + path, e);
        }
    }

    @Override
    public void close() {
        try {
            for (Path inner : content()) {
                Files.delete(inner);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
