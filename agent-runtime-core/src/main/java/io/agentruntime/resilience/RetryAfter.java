package io.agentruntime.resilience;

import dev.langchain4j.exception.HttpException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds in an error answer how long the provider asks to wait. */
final class RetryAfter {

    private static final int TOO_MANY_REQUESTS = 429;

    /** Gemini says it in the body, among the details of the error. */
    private static final Pattern RETRY_DELAY = Pattern.compile("\"retryDelay\"\\s*:\\s*\"([^\"]{1,40})\"");

    private RetryAfter() {}

    /** The most exact of what the answer says, or null if it says nothing that makes sense. */
    static @Nullable Duration of(HttpException answer, InstantSource clock) {
        Optional<ProviderHttpException> withHeaders = Optional.of(answer)
                .filter(ProviderHttpException.class::isInstance)
                .map(ProviderHttpException.class::cast);
        return Stream.of(
                        withHeaders.flatMap(e -> e.header("retry-after-ms")).map(TimeTexts::parseMillis),
                        withHeaders.flatMap(e -> e.header("retry-after")).map(text -> TimeTexts.parse(text, clock)),
                        Optional.ofNullable(inBody(answer.getMessage(), clock)),
                        withHeaders
                                .filter(e -> e.statusCode() == TOO_MANY_REQUESTS)
                                .map(e -> untilReset(ProviderLimits.of(e.headers(), clock))))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Duration inBody(@Nullable String body, InstantSource clock) {
        Matcher found = RETRY_DELAY.matcher(body == null ? "" : body);
        return found.find() ? TimeTexts.parse(found.group(1), clock) : null;
    }

    /** The time until whatever is used up, or may be, is there again. */
    private static @Nullable Duration untilReset(ProviderLimits limits) {
        return Stream.of(limits.requests(), limits.tokens())
                .filter(Objects::nonNull)
                .filter(allowance -> allowance.remaining() == null || allowance.remaining() == 0)
                .map(ProviderLimits.Allowance::resetIn)
                .filter(Objects::nonNull)
                .max(Duration::compareTo)
                .orElse(null);
    }
}
