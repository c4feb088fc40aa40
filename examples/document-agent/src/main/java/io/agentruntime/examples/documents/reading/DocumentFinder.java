package io.agentruntime.examples.documents.reading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Expands files and folders to the documents that they hold. A file that is given is always taken; inside a folder
 * only the known kinds of documents are, and hidden, built and generated things are left out. Each file is found once,
 * also when several links lead to it. Use an instance for one search, in one thread.
 */
public final class DocumentFinder {
    private static final List<String> EXTENSIONS = List.of(".md", ".markdown", ".txt", ".html", ".htm", ".pdf");
    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", "node_modules");

    private final Path outputFolder;
    private final Map<Path, DocumentFile> documents = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Set<Path> searched = new HashSet<>();
    private final List<DocumentException> problems = new ArrayList<>();
    private int matches;

    private DocumentFinder(Path outputFolder) {
        this.outputFolder = real(outputFolder);
    }

    /**
     * Searches the given paths.
     *
     * @param paths files and folders, as the user gave them
     * @param outputFolder the folder that the application itself writes to, which is left out
     * @return the documents, and the paths that could not be searched
     */
    public static FoundDocuments find(List<String> paths, Path outputFolder) {
        DocumentFinder finder = new DocumentFinder(outputFolder);
        paths.forEach(finder::addGiven);
        List<DocumentFile> found = finder.documents.values().stream()
                .sorted(Comparator.comparing(DocumentFile::name))
                .toList();
        return new FoundDocuments(found, finder.problems);
    }

    private void addGiven(String given) {
        if (given.isBlank()) {
            problem("\"" + given + "\"", "the path is empty");
            return;
        }
        try {
            addGiven(given, Path.of(given));
        } catch (InvalidPathException e) {
            problem(given, "not a path: " + e.getReason());
        }
    }

    private void addGiven(String given, Path path) {
        if (!Files.exists(path)) {
            problem(given, Files.isSymbolicLink(path) ? "a link that leads nowhere" : "no such file or folder");
        } else if (Files.isDirectory(path)) {
            addGivenFolder(given, path);
        } else {
            addFile(path);
        }
    }

    private void addGivenFolder(String given, Path folder) {
        int matchesBefore = matches;
        int problemsBefore = problems.size();
        boolean first = !searched.contains(real(folder));
        addFolder(folder);
        if (first && matches == matchesBefore && problems.size() == problemsBefore) {
            problem(given, "no documents in this folder, looked for " + String.join(" ", EXTENSIONS));
        }
    }

    private void addFolder(Path folder) {
        if (!searched.add(real(folder))) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            entries.sorted().forEach(this::addEntry);
        } catch (IOException e) {
            problem(name(folder), DocumentReader.reason(e));
        }
    }

    private void addEntry(Path entry) {
        String fileName = String.valueOf(entry.getFileName());
        if (fileName.startsWith(".")) {
            return;
        }
        if (Files.isDirectory(entry)) {
            if (!SKIPPED_FOLDERS.contains(fileName) && !real(entry).equals(outputFolder)) {
                addFolder(entry);
            }
        } else if (isDocument(fileName)) {
            addFile(entry);
        }
    }

    private void addFile(Path file) {
        matches++;
        Path real = real(file);
        if (!documents.containsKey(real)) {
            String name = name(file);
            String unique = names.add(name) ? name : slashes(real);
            names.add(unique);
            documents.put(real, new DocumentFile(unique, file));
        }
    }

    private void problem(String document, String reason) {
        problems.add(new DocumentException(document, reason));
    }

    private static boolean isDocument(String fileName) {
        String lowerCase = fileName.toLowerCase(Locale.ROOT);
        return EXTENSIONS.stream().anyMatch(lowerCase::endsWith);
    }

    private static String name(Path path) {
        String name = slashes(path.normalize());
        return name.isEmpty() ? "." : name;
    }

    private static String slashes(Path path) {
        return path.toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThere) {
            return path.toAbsolutePath().normalize();
        }
    }
}
