package io.agentruntime.examples.documents.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DocumentFinderTest {
    @TempDir
    private Path folder;

    private String prefix = "";

    @BeforeEach
    void nameOfFolder() {
        prefix = folder.toString().replace('\\', '/') + "/";
    }

    @Test
    void find_folder_takesDocumentsInOrderOfNames() throws IOException {
        write("b.md", "a/z.TXT", "a/x.html", "c.pdf", "d.htm", "e.markdown", "f.java", "g", "a/h.png");
        assertThat(names(find("."))).containsExactly("a/x.html", "a/z.TXT", "b.md", "c.pdf", "d.htm", "e.markdown");
    }

    @Test
    void find_folder_leavesOutHiddenBuiltAndGenerated() throws IOException {
        write("a.md", ".git/b.md", ".c.md", "target/d.md", "x/node_modules/e.md", "out/f.md", "x/out/g.md");
        assertThat(names(find("."))).containsExactly("a.md", "x/out/g.md");
    }

    @Test
    void find_givenFilesAndFolders_areAlwaysTaken() throws IOException {
        write("target/d.md", ".hidden.md", "Main.java");
        assertThat(names(find("target", ".hidden.md", "Main.java")))
                .containsExactly(".hidden.md", "Main.java", "target/d.md");
    }

    @Test
    void find_sameFileTwice_isFoundOnce() throws IOException {
        write("a/b.md");
        Files.createSymbolicLink(folder.resolve("link.md"), folder.resolve("a/b.md"));
        assertThat(names(find("a", "a/b.md", "a/../a/./b.md", "link.md", "."))).containsExactly("a/b.md");
    }

    @Test
    @Timeout(10)
    void find_loopsOfLinks_end() throws IOException {
        write("a/b.md");
        Files.createSymbolicLink(folder.resolve("a/loop"), folder);
        Files.createSymbolicLink(folder.resolve("a/self"), folder.resolve("a/self"));
        assertThat(names(find("."))).containsExactly("a/b.md");
    }

    @Test
    void find_missingPath_isReportedAndTheRestGoesOn() throws IOException {
        write("a.md");
        Files.createSymbolicLink(folder.resolve("broken.md"), folder.resolve("nowhere"));
        FoundDocuments found = find("none", "a.md", "broken.md");
        assertThat(names(found)).containsExactly("a.md");
        assertThat(found.problems())
                .extracting(DocumentException::getMessage)
                .containsExactly(
                        prefix + "none: no such file or folder", prefix + "broken.md: a link that leads nowhere");
    }

    @Test
    void find_unusablePaths_areReported() {
        FoundDocuments found = DocumentFinder.find(List.of("", "a\0b"), folder.resolve("out"));
        assertThat(found.documents()).isEmpty();
        assertThat(found.problems())
                .extracting(DocumentException::getMessage)
                .satisfiesExactly(
                        empty -> assertThat(empty).isEqualTo("\"\": the path is empty"),
                        bad -> assertThat(bad).startsWith("a?b: not a path: "));
    }

    @Test
    void find_folderWithoutDocuments_isReported() throws IOException {
        write("empty/a.png");
        assertThat(find("empty").problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem).hasMessageStartingWith(prefix + "empty: no documents in this folder"));
    }

    @Test
    void find_relativePath_staysRelative() {
        FoundDocuments found = DocumentFinder.find(List.of("./src/../pom.xml"), folder.resolve("out"));
        assertThat(found.documents()).extracting(DocumentFile::name).containsExactly("pom.xml");
    }

    private FoundDocuments find(String... paths) {
        List<String> given = Stream.of(paths).map(path -> prefix + path).toList();
        return DocumentFinder.find(given, folder.resolve("out"));
    }

    private List<String> names(FoundDocuments found) {
        return found.documents().stream()
                .map(document -> document.name().replace(prefix, ""))
                .toList();
    }

    private void write(String... files) throws IOException {
        for (String file : files) {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, "Some text.");
        }
    }
}
