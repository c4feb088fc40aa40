package io.agentruntime.testkit;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Names that have broken other stores: traversal, separators, control characters, look-alikes, great length. */
final class HostileNames {

    private static final int RANDOM_NAMES = 100;
    private static final int LONG = 2_048;
    private static final String ALPHABET = "aA.%/\\~-_ \0\n:*?\"<>|é\u0301\u00e9ßẞıİ漢😀";
    private static final List<String> FIXED = List.of(
            ".",
            "..",
            "...",
            "../x",
            "../../etc/passwd",
            "..\\x",
            "/",
            "//",
            "/etc/passwd",
            "a/b",
            "a\\b",
            "a%2Fb",
            "a%2fb",
            "%",
            "%%",
            "%2E%2E",
            "~",
            "~root",
            "C:\\x",
            "C:",
            "con",
            "CON",
            "Con.txt",
            "NUL",
            "nul.tar.gz",
            "LPT1",
            "com9.",
            "CONIN$",
            "COM\u00b9",
            "README",
            "Readme",
            "readme",
            "readme=1r",
            "readme+1r",
            "PROGRA~1",
            "a.",
            "a..",
            "a ",
            " a",
            "a",
            "A",
            "a\0b",
            "\0",
            "\n",
            "\u202e",
            "\uFEFF",
            ".incoming",
            ".hidden",
            "-rf",
            "$HOME",
            "`id`",
            "a;b",
            "a?b=c",
            "a#b",
            "stra\u00dfe",
            "strasse");

    private HostileNames() {}

    /** Gives texts that all differ, and all are valid Unicode. */
    static Set<String> of(long seed) {
        Set<String> names = new LinkedHashSet<>(FIXED);
        for (Normalizer.Form form : Normalizer.Form.values()) {
            names.add(Normalizer.normalize("Ångström ﬁle", form));
        }
        for (String end : List.of("", "x", "X", "..", "/..")) {
            names.add("a".repeat(LONG) + end);
            names.add("../".repeat(LONG / 3) + end);
            names.add("漢".repeat(LONG / 3) + end);
        }
        Random random = new Random(seed);
        int[] letters = ALPHABET.codePoints().toArray();
        for (int i = 0; i < RANDOM_NAMES; i++) {
            int length = 1 + random.nextInt(i % 10 == 0 ? LONG : 12);
            int[] text = random.ints(length, 0, letters.length)
                    .map(letter -> letters[letter])
                    .toArray();
            names.add(new String(text, 0, length));
        }
        names.removeIf(name -> !StandardCharsets.UTF_8.newEncoder().canEncode(name));
        return names;
    }
}
