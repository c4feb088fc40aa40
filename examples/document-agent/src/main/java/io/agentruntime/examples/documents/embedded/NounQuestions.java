package io.agentruntime.examples.documents.embedded;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Questions about a heading that is a noun phrase, by its last word. */
final class NounQuestions {
    private static final Map<String, String> BY_ENDING = new LinkedHashMap<>();

    static {
        BY_ENDING.put(
                "(?:.* )?(?:architecture|structure|design|layout|shape|format|syntax|hierarchy)",
                "What does the %s look like?");
        BY_ENDING.put(
                "(?:.* )?(?:rules?|principles?|guidelines?|conventions?|goals?|limits|limitations|steps|modules|components"
                        + "|features|patterns?|types|kinds|differences|advantages|disadvantages|benefits|metrics|levels|layers"
                        + "|stages|phases|roles|budgets?|promises|findings|results|requirements|options|parameters|flags"
                        + "|commands|instructions?|arguments|variables|targets|values|keys|risks?|costs?|decisions?|assumptions?|insights?|takeaways?|reasons?)(?: (?:of|for|in) .*)?",
                "%s");
        BY_ENDING.put(
                "(?:.* )?(?:(?!(?:some|any|no|every)?thing|string|spring|evening|morning)\\w{3,}ing|\\w{3,}[ts]ion|management|lifecycle|life cycle|flow|mechanism|algorithm|process|recovery"
                        + "|queue|cache|pool|protocol|registry|discovery|inheritance|shutdown|startup)",
                "How does %s work?");
    }

    private NounQuestions() {}

    /** Phrases a question; {@code ruled} is the pattern for a topic of which the text states rules, or empty. */
    static String question(String noun, String ruled) {
        boolean several = noun.matches("(?i).*(?: (?:and|or|for|with|from|to|in) |[/&]).*");
        for (Map.Entry<String, String> entry : BY_ENDING.entrySet()) {
            if ((!several || entry.getValue().equals("%s")) && noun.matches("(?i)" + entry.getKey())) {
                return entry.getValue().equals("%s")
                        ? what(noun)
                        : String.format(Locale.ROOT, entry.getValue(), article(entry.getValue(), noun));
            }
        }
        if (!ruled.isEmpty()) {
            return String.format(Locale.ROOT, ruled, noun);
        }
        return (noun.length() % 2 == 0 ? "What should I know about " : "What does the document say about ") + noun
                + "?";
    }

    private static String what(String noun) {
        boolean determined = noun.matches("(?i)(?:the|an?|our|your|its) .*");
        String verb = EnglishQuestions.isPlural(noun) ? "are" : "is";
        return "What " + verb + " " + (determined ? "" : "the ") + noun + "?";
    }

    private static String article(String pattern, String noun) {
        return pattern.contains("the %s") ? noun.replaceFirst("(?i)^the ", "") : singular(noun);
    }

    /** Puts an article before things that are counted. */
    private static String singular(String noun) {
        boolean counted = noun.matches(
                "(?i)(?:.* )?(?:lifecycle|life cycle|flow|mechanism|algorithm|process|queue|cache|pool|protocol|registry)");
        return counted && !noun.matches("(?i)(?:the|an?) .*") ? "the " + noun : noun;
    }
}
