package io.agentruntime.resilience;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ways in which providers say how long something lasts. What makes no sense is null, what is in the past is zero. */
final class TimeTexts {

    private static final Duration MAX = Duration.ofDays(365);
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,15}(?:\\.\\d{1,12})?");
    private static final Pattern PARTS = Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,12})?(?:ms|us|µs|ns|[dhms]))+");
    private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|µs|ns|[dhms])");
    private static final Map<String, String> NANOS = Map.of(
            "d", "86400e9", "h", "3600e9", "m", "60e9", "s", "1e9", "ms", "1e6", "us", "1e3", "µs", "1e3", "ns", "1");

    /** What is longer than three years cannot be a time to wait: a moment, in seconds or in milliseconds since 1970. */
    private static final BigDecimal EPOCH_SECONDS = new BigDecimal("1e8");

    private static final BigDecimal EPOCH_MILLIS = new BigDecimal("1e11");

    private TimeTexts() {}

    /** Reads {@code 2}, {@code 2.5}, {@code 6m0s}, {@code 20ms}, a date of HTTP, a date of RFC 3339, seconds or ms since 1970. */
    static @Nullable Duration parse(String value, InstantSource clock) {
        String text = value.strip();
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(new BigDecimal(text), clock);
        }
        return PARTS.matcher(text).matches() ? ofParts(text) : ofDate(text, clock);
    }

    /** Reads a number of milliseconds. */
    static @Nullable Duration parseMillis(String value) {
        String text = value.strip();
        return NUMBER.matcher(text).matches() ? bounded(new BigDecimal(text).movePointRight(6)) : null;
    }

    private static Duration ofNumber(BigDecimal number, InstantSource clock) {
        if (number.compareTo(EPOCH_SECONDS) < 0) {
            return bounded(number.movePointRight(9));
        }
        long millis = (number.compareTo(EPOCH_MILLIS) < 0 ? number.movePointRight(3) : number).longValue();
        return until(Instant.ofEpochMilli(millis), clock);
    }

    private static Duration ofParts(String text) {
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher parts = PART.matcher(text);
        while (parts.find()) {
            BigDecimal unit = new BigDecimal(NANOS.get(parts.group(2)));
            nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(unit));
        }
        return bounded(nanos);
    }

    private static @Nullable Duration ofDate(String text, InstantSource clock) {
        Duration httpDate = ofDate(text, DateTimeFormatter.RFC_1123_DATE_TIME, clock);
        return httpDate != null ? httpDate : ofDate(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME, clock);
    }

    private static @Nullable Duration ofDate(String text, DateTimeFormatter format, InstantSource clock) {
        try {
            return until(format.parse(text, Instant::from), clock);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static Duration until(Instant moment, InstantSource clock) {
        Duration left = Duration.between(clock.instant(), moment);
        return left.isNegative() ? Duration.ZERO : left.compareTo(MAX) > 0 ? MAX : left;
    }

    private static Duration bounded(BigDecimal nanos) {
        BigDecimal max = BigDecimal.valueOf(MAX.toNanos());
        return Duration.ofNanos(nanos.max(BigDecimal.ZERO).min(max).longValue());
    }
}
