package io.agentruntime.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PutOptionsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"", "text", "text/", "text/plain\n", "text /plain", "text/plain;", "text/plain; a\r\nX-Evil: 1"})
    void of_noContentType_isRejected(String contentType) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PutOptions.of(contentType))
                .withMessageContaining("allowed: type/subtype");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a b", "-a", "a:", "\u00fc", "agentruntime-sha256", "a\n"})
    void withMetadata_unusableKey_isRejected(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PutOptions.of("a/b").withMetadata(Map.of(key, "v")));
    }

    @Test
    void withMetadata_tooMuchOrControlCharacters_isRejected() {
        PutOptions options = PutOptions.of("a/b");
        assertThat(options.withMetadata(Map.of("k", "v".repeat(4_095))).metadata())
                .hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withMetadata(Map.of("k", "v".repeat(4_096))))
                .withMessage("metadata of 4097 characters (allowed: 4096 or fewer)");
        assertThatIllegalArgumentException().isThrownBy(() -> options.withMetadata(Map.of("k", "a\r\nb")));
    }

    @Test
    void withMetadata_changedByItsOwner_staysAsItWas() {
        Map<String, String> given = new HashMap<>(Map.of("k", "v"));
        PutOptions options = PutOptions.of("a/b").withMetadata(given);
        given.clear();
        assertThat(options.metadata()).containsEntry("k", "v");
    }

    @Test
    void precondition_holdsOrNot() {
        assertThat(Precondition.none().holds(null)).isTrue();
        assertThat(Precondition.none().holds("1")).isTrue();
        assertThat(Precondition.ifAbsent().holds(null)).isTrue();
        assertThat(Precondition.ifAbsent().holds("1")).isFalse();
        assertThat(Precondition.ifVersion("1").holds("1")).isTrue();
        assertThat(Precondition.ifVersion("1").holds("2")).isFalse();
        assertThat(Precondition.ifVersion("1").holds(null)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> Precondition.ifVersion(""));
    }
}
