package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds the table of settings in the README against the code. */
class ReadmeTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (\\d+) \\| (\\d+ to \\d+) \\|");

    @Test
    @Tag("flaw-79")
    void settings_theirDefaults_areThoseOfTheCode() throws IOException {
        Map<String, String> defaults =
                rows().stream().collect(Collectors.toMap(row -> row.group(1), row -> row.group(2)));
        assertThat(defaults).hasSize(9);
        assertThat(AgentRuntimeConfig.fromEnvironment(defaults)).isEqualTo(AgentRuntimeConfig.create());
    }

    @Test
    @Tag("flaw-79")
    void settings_eachOne_isReadAndItsRangeIsThatOfTheCode() throws IOException {
        Map<String, String> rubbish = new HashMap<>();
        rows().forEach(row -> rubbish.put(row.group(1), "x"));
        ConfigurationException failure =
                catchThrowableOfType(ConfigurationException.class, () -> AgentRuntimeConfig.fromEnvironment(rubbish));
        assertThat(failure.problems())
                .containsExactlyElementsOf(rows().stream()
                        .map(row -> row.group(1) + " is 'x', allowed: a whole number from " + row.group(3))
                        .toList());
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(Path.of("../README.md"))).results().toList();
    }
}
