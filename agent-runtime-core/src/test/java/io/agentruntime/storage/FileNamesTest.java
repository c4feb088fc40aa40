package io.agentruntime.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {

    private static final Path ROOT = Path.of("root");

    @ParameterizedTest
    @CsvSource({
        "acme/report.json, acme/report.json+",
        "acme/README.md, acme/README.md+1r",
        "Acme/a/B, Acme=1/a/B+1",
        "aA, aA+2",
        "%C3%BC, %C3%BC+1e" // digits that are capitals count too
    })
    void file_name_marksItsCapitals(String name, String expected) {
        assertThat(FileNames.file(ROOT, BlobName.parse(name))).isEqualTo(ROOT.resolve(expected));
    }

    @Test
    void folder_name_hasNoPlus() {
        assertThat(FileNames.folder(ROOT, BlobName.parse("a/README"))).isEqualTo(ROOT.resolve("a/README=1r"));
        assertThat(FileNames.folder(ROOT, BlobName.parse("a/b"))).isEqualTo(ROOT.resolve("a/b"));
    }

    @Test
    void file_longestNameOfCapitals_isAllowedByFileSystems() {
        Path file = FileNames.file(ROOT, BlobName.of("X".repeat(200)));
        assertThat(file.getFileName().toString()).hasSizeBetween(230, 255);
        assertThat(FileNames.blob(file.getFileName().toString())).hasValue("X".repeat(200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a+", "README+1r", "a.b+", "aA+2", "%C3%BC+1e"})
    void blob_ofAFile_isItsSegment(String file) {
        String segment = file.substring(0, file.indexOf('+'));
        assertThat(FileNames.blob(file)).hasValue(segment);
        assertThat(FileNames.folder(file)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a=",
                "A+",
                "a+1",
                "README+1R",
                "README+01r",
                "+",
                "a++",
                ".incoming",
                "a +",
                "con+",
                "a.+",
                "usage.duckdb"
            })
    void blob_ofAnythingElse_isNone(String file) {
        assertThat(FileNames.blob(file)).isEmpty();
    }
}
