package io.agentruntime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobNameTest {

    @ParameterizedTest
    @CsvSource({
        "README.md, README.md",
        "docs/guide.md, docs%2Fguide.md",
        "'..', %2E%2E",
        "., %2E",
        "../../etc/passwd, %2E.%2F..%2Fetc%2Fpasswd",
        "a., a%2E",
        "a.., a.%2E",
        "con, %63on",
        "CON.txt, %43ON.txt",
        "nul.tar.gz, %6Eul.tar.gz",
        "lpt1, %6Cpt1",
        "console, console",
        "com10, com10",
        ".hidden, %2Ehidden",
        "100%25, 100%2525",
        "a\\b, a%5Cb",
        "über, %C3%BCber",
        "'a b', a%20b"
    })
    void of_segment_isEncoded(String segment, String expected) {
        assertThat(BlobName.of(segment).path()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"con.\n", "nul.\u2028x", "aux.\r\n", "prn\n"})
    void of_deviceNameAndALineEnd_isReadBack(String segment) {
        BlobName name = BlobName.of("org", segment);
        assertThat(BlobName.parse(name.path())).isEqualTo(name);
    }

    @Test
    void of_longSegment_isCutAndHashed() {
        String a = BlobName.of("x".repeat(2048) + "a").path();
        String b = BlobName.of("x".repeat(2048) + "b").path();
        assertThat(a).hasSize(BlobName.MAX_SEGMENT).isNotEqualTo(b).matches("x{135}~[0-9a-f]{64}");
    }

    @Test
    @Tag("flaw-25")
    void of_randomTexts_neitherCollideNorEscape() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, String> byPath = new HashMap<>();
        Path root = Path.of("root").toAbsolutePath();
        for (int i = 0; i < 20_000; i++) {
            String text = randomText(random);
            String path = BlobName.of("org", text).path();
            assertThat(root.resolve(path).normalize().startsWith(root.resolve("org")))
                    .as("seed %d, '%s'", seed, text)
                    .isTrue();
            assertThat(path).as("seed %d", seed).doesNotContain("//").hasSizeLessThanOrEqualTo(204);
            Path file = FileNames.file(root, BlobName.of("org", text)); // and where capitals do not count
            assertThat(file.getParent()).as("seed %d, '%s'", seed, text).isEqualTo(root.resolve("org"));
            String before = byPath.put(file.toString().toLowerCase(Locale.ROOT), text);
            assertThat(before == null || before.equals(text))
                    .as("seed %d: '%s' and '%s' share %s", seed, before, text, path)
                    .isTrue();
            assertThat(BlobName.parse(path)).isEqualTo(BlobName.of("org", text));
        }
    }

    private static String randomText(Random random) {
        String alphabet = "abAB./\\%~ :\u0000\n2EFcon\u00e9e\u0301\ud83d\ude00";
        int length = 1 + random.nextInt(random.nextInt(20) == 0 ? 300 : 6);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int codePoint = alphabet.codePointAt(random.nextInt(alphabet.length()));
            if (!Character.isSurrogate((char) codePoint) || Character.isSupplementaryCodePoint(codePoint)) {
                text.appendCodePoint(codePoint);
            }
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/a",
                "a/",
                "a//b",
                "..",
                "a/../b",
                ".incoming/x",
                "a\\b",
                "a b",
                "a\n",
                "a.",
                "a./b",
                "con",
                "Con.txt",
                "a/nul",
                "a%2",
                "a%2e",
                "a~b",
                "%",
                "\u00fc"
            })
    void parse_notAPathOfOurs_isRejected(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> BlobName.parse(path));
    }

    @Test
    void parse_longSegmentsOrPaths_areRejected() {
        assertThat(BlobName.isPath("a".repeat(200))).isTrue();
        assertThat(BlobName.isPath("a".repeat(201))).isFalse();
        assertThat(BlobName.isPath("ab/".repeat(299) + "abc")).isTrue();
        assertThat(BlobName.isPath("ab/".repeat(299) + "abcd")).isFalse();
    }

    @Test
    void of_tooManySegments_isRejected() {
        String[] segments = new String[5];
        Arrays.fill(segments, "x".repeat(1_024));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlobName.of(segments))
                .withMessageContaining("1004 characters")
                .withMessageContaining("900 or fewer");
        BlobName four = BlobName.of("x".repeat(200), "x".repeat(200), "x".repeat(200), "x".repeat(200));
        assertThatIllegalArgumentException().isThrownBy(() -> four.child("x".repeat(97)));
    }

    @Test
    void of_unusableSegments_areRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> BlobName.of("a", ""));
        assertThatIllegalArgumentException().isThrownBy(BlobName::of);
        assertThatIllegalArgumentException().isThrownBy(() -> BlobName.of("\ud800"));
    }

    @Test
    void isInside_siblingWithTheSamePrefix_isNot() {
        BlobName folder = BlobName.of("acme");
        assertThat(BlobName.of("acme", "a").isInside(folder)).isTrue();
        assertThat(BlobName.of("acme2", "a").isInside(folder)).isFalse();
        assertThat(folder.isInside(folder)).isFalse();
    }
}
