package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.resilience.ProviderLimits.Allowance;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProviderLimitsTest {

    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));

    private static ProviderLimits limits(String... headers) {
        return ProviderLimits.of(headers(headers), CLOCK);
    }

    private static Map<String, List<String>> headers(String... headers) {
        Map<String, List<String>> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return map;
    }

    @Test
    void of_openAi_readsBothLimits() {
        assertThat(limits(
                        "X-RateLimit-Limit-Requests", "60",
                        "x-ratelimit-remaining-requests", "59",
                        "x-ratelimit-reset-requests", "1s",
                        "x-ratelimit-limit-tokens", "150000",
                        "x-ratelimit-remaining-tokens", "149984",
                        "x-ratelimit-reset-tokens", "6m0s"))
                .isEqualTo(new ProviderLimits(
                        new Allowance(60L, 59L, Duration.ofSeconds(1)),
                        new Allowance(150_000L, 149_984L, Duration.ofMinutes(6))));
    }

    @Test
    void of_anthropic_takesTheTokensWithTheLeastLeft() {
        assertThat(limits(
                        "anthropic-ratelimit-requests-limit", "50",
                        "anthropic-ratelimit-requests-remaining", "0",
                        "anthropic-ratelimit-requests-reset", "2026-01-01T00:00:30Z",
                        "anthropic-ratelimit-input-tokens-limit", "40000",
                        "anthropic-ratelimit-input-tokens-remaining", "39000",
                        "anthropic-ratelimit-output-tokens-limit", "8000",
                        "anthropic-ratelimit-output-tokens-remaining", "7000"))
                .isEqualTo(new ProviderLimits(
                        new Allowance(50L, 0L, Duration.ofSeconds(30)), new Allowance(8000L, 7000L, null)));
    }

    @Test
    void of_draftHeaders_takesThePolicyWithTheLeastLeft() {
        assertThat(limits(
                        "RateLimit-Policy", "\"burst\";q=100;w=60,\"daily\";q=1000;w=86400",
                        "RateLimit", "\"burst\";r=50;t=30,\"daily\";r=2;t=4000"))
                .isEqualTo(new ProviderLimits(new Allowance(1000L, 2L, Duration.ofSeconds(4000)), null));
        assertThat(limits("RateLimit-Policy", "\"t\";q=900;qu=\"tokens\"", "RateLimit", "\"t\";r=0;t=5"))
                .isEqualTo(new ProviderLimits(null, new Allowance(900L, 0L, Duration.ofSeconds(5))));
        assertThat(limits("RateLimit-Policy", "\"b\";q=900;qu=\"content-bytes\"", "RateLimit", "\"b\";r=0;t=5"))
                .isEqualTo(ProviderLimits.UNKNOWN);
    }

    @Test
    void of_olderDrafts_areReadToo() {
        Allowance expected = new Allowance(100L, 50L, Duration.ofSeconds(5));
        assertThat(limits("RateLimit", "limit=100, remaining=50, reset=5").requests())
                .isEqualTo(expected);
        assertThat(limits(
                                "RateLimit-Limit", "100, 100;w=60",
                                "RateLimit-Remaining", "50",
                                "RateLimit-Reset", "5")
                        .requests())
                .isEqualTo(expected);
        assertThat(limits("x-ratelimit-remaining", "0", "x-ratelimit-reset", "1767225605000")
                        .requests())
                .isEqualTo(new Allowance(null, 0L, Duration.ofSeconds(5)));
        assertThat(limits("x-ratelimit-remaining", "0", "x-ratelimit-reset", "1767225605")
                        .requests())
                .isEqualTo(new Allowance(null, 0L, Duration.ofSeconds(5)));
    }

    @Test
    void of_garbageAndNothing_isUnknown() {
        assertThat(limits()).isSameAs(ProviderLimits.UNKNOWN);
        assertThat(limits(
                        "x-ratelimit-remaining-requests", "-1",
                        "x-ratelimit-limit-tokens", "many",
                        "x-ratelimit-reset-tokens", "later",
                        "RateLimit", ";;,\"x\";r=q,=",
                        "anthropic-ratelimit-requests-limit", "99999999999999999999"))
                .isSameAs(ProviderLimits.UNKNOWN);
        assertThat(ProviderLimits.of(Map.of("x-ratelimit-limit", List.of()), CLOCK))
                .isSameAs(ProviderLimits.UNKNOWN);
    }

    @Test
    void of_failure_readsItsAnswer() {
        ProviderHttpException answer = new ProviderHttpException(429, "", headers("x-ratelimit-remaining-tokens", "0"));
        assertThat(ProviderLimits.of(new IllegalStateException(answer), CLOCK).tokens())
                .isEqualTo(new Allowance(null, 0L, null));
        assertThat(ProviderLimits.of(new IllegalStateException(), CLOCK)).isSameAs(ProviderLimits.UNKNOWN);
    }
}
