package io.agentruntime.examples.documents.embedded;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The verbs with which headings of instructions usually begin. */
final class Verbs {
    private static final List<String> PLAIN = Stream.of(
                    "add allow apply ask build call change check choose clean clear close compile configure connect contribute"
                            + " convert copy create customize customise debug define delete deploy design develop disable"
                            + " download edit enable execute export extend extract find fix generate get handle implement"
                            + " import improve install integrate launch learn load log maintain make manage measure merge"
                            + " migrate mix monitor move obtain open optimize optimise override pack parse prepare prevent print"
                            + " publish read register release remove rename report reproduce reset restore resolve retrieve"
                            + " run save scale select send serve set show specify start stop store submit switch test trace"
                            + " tune turn understand uninstall update upgrade upload use validate verify wait work wrap write")
            .flatMap(words -> Stream.of(words.split(" ")))
            .toList();
    private static final Map<String, String> BY_GERUND =
            PLAIN.stream().collect(Collectors.toMap(Verbs::gerund, Function.identity(), (a, b) -> a));
    private static final Pattern AFTER_IMPERATIVE = Pattern.compile(
            "(?i)(?:the|an?|your|our|its?|from|with|in|on|to|up|all|each|every|this|these|new) .*|it|up");

    private Verbs() {}

    static boolean isKnown(String word) {
        return PLAIN.contains(word) || BY_GERUND.containsKey(word);
    }

    /** Makes "How do I …?" of a heading that begins with a verb; returns an empty string for any other. */
    static String question(String heading) {
        String[] parts = heading.split(" ", 2);
        String rest = parts.length > 1 ? parts[1] : "";
        String first = parts[0].toLowerCase(Locale.ROOT);
        String verb = BY_GERUND.getOrDefault(first, "");
        if (verb.isEmpty()
                && PLAIN.contains(first)
                && AFTER_IMPERATIVE.matcher(rest).matches()) {
            verb = first;
        }
        return verb.isEmpty() || rest.isEmpty() ? "" : "How do I " + verb + " " + rest + "?";
    }

    private static String gerund(String verb) {
        if (verb.matches("(?:get|set|run|stop|submit|wrap|debug|log|reset)")) {
            return verb + verb.charAt(verb.length() - 1) + "ing";
        }
        return (verb.endsWith("e") ? verb.substring(0, verb.length() - 1) : verb) + "ing";
    }
}
