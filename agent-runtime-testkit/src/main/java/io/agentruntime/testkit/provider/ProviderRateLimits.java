package io.agentruntime.testkit.provider;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a provider says about its limits in the headers of a reply: {@code x-ratelimit-*} for OpenAI, {@code anthropic-ratelimit-*} for
 * Anthropic, nothing for Gemini. Immutable and thread-safe.
 *
 * @param requests the limit of requests
 * @param tokens the limit of tokens
 * @param now the time on the provider's calendar; Anthropic says when a limit is reset, OpenAI how long that takes
 */
public record ProviderRateLimits(Limit requests, Limit tokens, Instant now) {

    /**
     * One limit.
     *
     * @param limit how many there may be in a period
     * @param remaining how many of them are left
     * @param reset how long until all are there again
     */
    public record Limit(long limit, long remaining, Duration reset) {}

    /** Checks what it is given. */
    public ProviderRateLimits {
        requireNonNull(requests, "requests");
        requireNonNull(tokens, "tokens");
        requireNonNull(now, "now");
    }

    Map<String, String> headers(ProviderProtocol protocol) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (protocol == ProviderProtocol.OPENAI) {
            openAi(headers, "requests", requests);
            openAi(headers, "tokens", tokens);
        } else if (protocol == ProviderProtocol.ANTHROPIC) {
            anthropic(headers, "requests", requests);
            anthropic(headers, "tokens", tokens);
        }
        return headers;
    }

    private static void openAi(Map<String, String> headers, String what, Limit limit) {
        headers.put("x-ratelimit-limit-" + what, Long.toString(limit.limit()));
        headers.put("x-ratelimit-remaining-" + what, Long.toString(limit.remaining()));
        headers.put("x-ratelimit-reset-" + what, goDuration(limit.reset()));
    }

    private void anthropic(Map<String, String> headers, String what, Limit limit) {
        String prefix = "anthropic-ratelimit-" + what;
        headers.put(prefix + "-limit", Long.toString(limit.limit()));
        headers.put(prefix + "-remaining", Long.toString(limit.remaining()));
        headers.put(prefix + "-reset", now.plus(limit.reset()).toString());
    }

    /** Writes a duration as OpenAI does: {@code 6m0s}, {@code 1.5s}, {@code 20ms}. */
    private static String goDuration(Duration time) {
        if (time.compareTo(Duration.ofSeconds(1)) < 0) {
            return time.toMillis() + "ms";
        }
        String hours = time.toHours() > 0 ? time.toHours() + "h" : "";
        String minutes = time.toMinutes() > 0 ? time.toMinutesPart() + "m" : "";
        String fraction = time.toMillisPart() == 0
                ? ""
                : ("." + String.format("%03d", time.toMillisPart())).replaceAll("0+$", "");
        return hours + minutes + time.toSecondsPart() + fraction + "s";
    }
}
