package io.agentruntime.resilience;

import io.agentruntime.resilience.ProviderLimits.Allowance;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The headers in which providers state their limits, as tables. */
final class LimitHeaders {

    private static final List<Names> REQUESTS = List.of(
            new Names("x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
            Names.ofAnthropic("requests"),
            new Names("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"), // drafts 1 to 6
            new Names("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"));
    private static final List<Names> TOKENS = List.of(
            new Names("x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
            Names.ofAnthropic("tokens"),
            Names.ofAnthropic("input-tokens"),
            Names.ofAnthropic("output-tokens"));

    private static final Pattern COUNT = Pattern.compile("\\s*(\\d{1,18})(?!\\d).*");

    /** An item of a structured header field, {@code "default";r=50;t=30} or {@code limit=100}. */
    private static final Pattern ITEM = Pattern.compile("(\"[^\"]*\"|[^,;\"]+)((?:;[^,]*)?)");

    private static final Pattern PARAMETER = Pattern.compile(";?\\s*([a-z*][a-z0-9_.*-]*)\\s*=\\s*\"?([^;\"]*)\"?");

    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final InstantSource clock;

    LimitHeaders(Map<String, List<String>> headers, InstantSource clock) {
        this.headers.putAll(headers);
        this.clock = clock;
    }

    private record Names(String limit, String remaining, String reset) {

        static Names ofAnthropic(String what) {
            String prefix = "anthropic-ratelimit-" + what;
            return new Names(prefix + "-limit", prefix + "-remaining", prefix + "-reset");
        }
    }

    List<Allowance> requests() {
        List<Allowance> found = new ArrayList<>(plain(REQUESTS));
        found.addAll(structured("requests"));
        return found;
    }

    List<Allowance> tokens() {
        List<Allowance> found = new ArrayList<>(plain(TOKENS));
        found.addAll(structured("tokens"));
        return found;
    }

    private List<Allowance> plain(List<Names> table) {
        return table.stream()
                .map(names -> new Allowance(
                        count(header(names.limit)), count(header(names.remaining)), time(header(names.reset))))
                .toList();
    }

    /** Draft 8 and later: named policies with a unit, {@code requests} if none is given. Draft 7: one limit without a name. */
    private List<Allowance> structured(String unit) {
        Map<String, Map<String, String>> policies = items("ratelimit-policy");
        List<Allowance> found = new ArrayList<>();
        items("ratelimit").forEach((name, parameters) -> {
            Map<String, String> policy = policies.getOrDefault(name, Map.of());
            if (policy.getOrDefault("qu", "requests").equals(unit)) {
                found.add(new Allowance(
                        count(policy.getOrDefault("q", parameters.get("limit"))),
                        count(parameters.getOrDefault("r", parameters.get("remaining"))),
                        time(parameters.getOrDefault("t", parameters.get("reset")))));
            }
        });
        return found;
    }

    private Map<String, Map<String, String>> items(String name) {
        Map<String, Map<String, String>> items = new HashMap<>();
        Matcher item = ITEM.matcher(String.join(",", headers.getOrDefault(name, List.of())));
        while (item.find()) {
            boolean named = item.group(1).startsWith("\"");
            String text = named ? item.group(2) : item.group().strip();
            Map<String, String> parameters = items.computeIfAbsent(named ? item.group(1) : "", key -> new HashMap<>());
            Matcher parameter = PARAMETER.matcher(text.toLowerCase(Locale.ROOT));
            while (parameter.find()) {
                parameters.put(parameter.group(1), parameter.group(2).strip());
            }
        }
        return items;
    }

    private @Nullable String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    private static @Nullable Long count(@Nullable String text) {
        Matcher count = COUNT.matcher(text == null ? "" : text);
        return count.matches() ? Long.valueOf(count.group(1)) : null;
    }

    private @Nullable Duration time(@Nullable String text) {
        return text == null ? null : TimeTexts.parse(text, clock);
    }
}
