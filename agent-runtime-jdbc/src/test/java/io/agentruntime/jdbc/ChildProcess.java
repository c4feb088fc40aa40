package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.duckdb.DuckDBDriver;

/**
 * Starts other JVMs with the class path of this one, to be killed.
 *
 * <p>The driver unpacks its native library anew in each JVM, 72 MB that a killed one leaves behind. So it is unpacked here once, for
 * all of them.
 */
final class ChildProcess {

    /** How a process ends that is killed: by SIGKILL, or by the one way that Windows has. */
    private static final int KILLED = File.separatorChar == '/' ? 128 + 9 : 1;

    private final Path libraries;
    private final String classPath;

    private ChildProcess(Path libraries, String classPath) {
        this.libraries = libraries;
        this.classPath = classPath;
    }

    static ChildProcess prepare(Path folder) throws IOException, URISyntaxException {
        Path driver = Path.of(DuckDBDriver.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path unpacked = Files.createDirectory(folder.resolve("driver"));
        try (JarFile jar = new JarFile(driver.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (isNativeLibrary(name)) {
                    copy(jar, entry, unpacked.resolve(System.mapLibraryName("duckdb_java")));
                } else if (name.endsWith(".class") || name.startsWith("META-INF/services/")) {
                    copy(jar, entry, unpacked.resolve(name));
                }
            }
        }
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(element -> Path.of(element).equals(driver) ? unpacked.toString() : element)
                .collect(Collectors.joining(File.pathSeparator));
        return new ChildProcess(unpacked, classPath);
    }

    private static boolean isNativeLibrary(String name) {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = os.contains("windows") ? "windows" : os.contains("mac") ? "macos" : "linux";
        boolean arm = List.of("aarch64", "arm64").contains(System.getProperty("os.arch"));
        return name.equals("libduckdb_java.so_" + system + (arm ? "_arm64" : "_amd64"));
    }

    private static void copy(JarFile jar, JarEntry entry, Path target) throws IOException {
        if (!entry.isDirectory()) {
            Files.createDirectories(target.getParent());
            try (InputStream in = jar.getInputStream(entry)) {
                Files.copy(in, target);
            }
        }
    }

    Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Djava.library.path=" + libraries));
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Kills a process as soon as it has printed so many lines with this beginning, and gives all lines that it printed before it died. */
    static List<String> killAfter(Process process, String beginning, int count)
            throws IOException, InterruptedException {
        List<String> printed = new ArrayList<>();
        int left = count;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.add(line);
                if (line.startsWith(beginning) && --left == 0) {
                    // unlike the process's own method, leaves its output to be read
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor()).as("killed, and not ended by itself").isEqualTo(KILLED);
        return printed;
    }
}
