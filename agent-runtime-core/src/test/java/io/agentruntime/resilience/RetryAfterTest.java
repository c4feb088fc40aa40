package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("flaw-55")
class RetryAfterTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("1994-11-06T08:49:00Z"));

    private static @Nullable Duration retryAfter(int status, String... headers) {
        Map<String, List<String>> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return ModelFailure.of(new ProviderHttpException(status, "", map), CLOCK)
                .retryAfter();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | PT2S",
                "' 2 ' | PT2S",
                "0 | PT0S",
                "2.5 | PT2.5S",
                "-3 | PT0S",
                "Sun, 06 Nov 1994 08:49:37 GMT | PT37S",
                "Sun, 06 Nov 1994 08:48:37 GMT | PT0S",
                "99999999 | PT8760H",
                "1m30s | PT1M30S",
                "soon | ",
                "'' | ",
                "1e3 | ",
                "Sun, 32 Nov 1994 08:49:37 GMT | ",
                "NaN | "
            })
    void retryAfter_inAllItsForms_isRead(String value, @Nullable Duration expected) {
        assertThat(retryAfter(429, "Retry-After", value)).isEqualTo(expected);
        assertThat(retryAfter(503, "retry-after", value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1500, PT1.5S", "0, PT0S", "-1, PT0S", "20.5, PT0.0205S", "soon,", "'',"})
    void retryAfterMs_winsOverSeconds(String value, @Nullable Duration expected) {
        assertThat(retryAfter(429, "retry-after-ms", value)).isEqualTo(expected);
        assertThat(retryAfter(429, "retry-after-ms", value, "retry-after", "9"))
                .isEqualTo(expected == null ? Duration.ofSeconds(9) : expected);
    }

    @Test
    void resets_ofWhatIsUsedUp_countOn429Only() {
        String[] requestsUsedUp = {
            "x-ratelimit-remaining-requests", "0", "x-ratelimit-reset-requests", "6m0s",
            "x-ratelimit-remaining-tokens", "900", "x-ratelimit-reset-tokens", "1h0m0s"
        };
        assertThat(retryAfter(429, requestsUsedUp)).isEqualTo(Duration.ofMinutes(6));
        assertThat(retryAfter(503, requestsUsedUp)).isNull();
        assertThat(retryAfter(429, "x-ratelimit-reset-requests", "20ms")).isEqualTo(Duration.ofMillis(20));
        assertThat(retryAfter(429, "x-ratelimit-remaining-requests", "5", "x-ratelimit-reset-requests", "1s"))
                .isNull();
        assertThat(retryAfter(429, "retry-after", "3", "x-ratelimit-reset-requests", "1s"))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource({"34s, PT34S", "34.074824224s, PT34.074824224S", "-1s,", "x,"})
    void retryDelay_inGeminisBody_isRead(String value, @Nullable Duration expected) {
        String body = "{\"error\":{\"code\":429,\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
                + "\"retryDelay\": \"" + value + "\"}]}}";
        assertThat(ModelFailure.of(new HttpException(429, body), CLOCK).retryAfter())
                .isEqualTo(expected);
    }

    @Test
    void nothingSaid_isNull() {
        assertThat(retryAfter(429)).isNull();
        assertThat(ModelFailure.of(new HttpException(429, null), CLOCK).retryAfter())
                .isNull();
    }
}
