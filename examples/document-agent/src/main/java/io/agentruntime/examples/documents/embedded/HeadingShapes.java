package io.agentruntime.examples.documents.embedded;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Questions for headings that begin with a question word, and for those that most documents share. */
final class HeadingShapes {
    private static final Map<Pattern, String> SHAPES = new LinkedHashMap<>();
    private static final Map<Pattern, String> KNOWN = new LinkedHashMap<>();
    private static final Pattern GENERIC = Pattern.compile(
            "(?i)design|readme|guide|manual|notes?|documentation|docs|changelog|"
                    + "style|wiki|home|report|plan|specification|spec|dependencies|infrastructure|index|draft|memo|minutes|release notes"
                    + "|article|news|agenda|todo|untitled|description|welcome|about|introduction|overview|.*[.](?:md|txt|html|pdf)");

    static {
        shape("how to (.+)", "How do I %s?");
        shape("how (.+) works", "How does %s work?");
        shape("how (.+) work", "How do %s work?");
        shape("how ((?:is|are|do|does|can|should|was|were) .+)", "How %s?");
        shape("(.+?):? how[ -]to", "How do I use %s?");
        shape("why (.+)", "Why %s?");
        shape("when to (.+)", "When should I %s?");
        shape("where to (.+)", "Where can I %s?");
        shape("what to (.+)", "What should I %s?");
        shape("what you(?:'|’| wi)ll (.+)", "What will I %s?");
        shape("what you (?:need|get) ?(.*)", "What do I need %s?");
        shape("what (.+) (?:does|do)", "What does %s do?");
        shape("(what|who|where|when|which) ((?:is|are|does|do|did|can|should|was|were|has|have) .+)", "%s %s?");
        shape("(.+?) (?:vs\\.?|versus) (.+)", "How do %s and %s compare?");
        known("installation|installing|install|set-?up", "How do I install {this project}?");
        known(
                "getting started|quick ?start(?: guide)?|first steps|tutorial",
                "How do I get started with {this project}?");
        known("usage|basic usage|how to use|use", "How do I use {this project}?");
        known("(?:system )?requirements|prerequisites|dependencies", "What does {this project} require?");
        known("licen[sc]e|licensing", "Under which licence is {this project} available?");
        known("configuration|settings|customi[sz]ation", "How is {the system} configured?");
        known("(?:key |main )?features|highlights", "What are the main features of {this project}?");
        known("overview|introduction|about|intro|description|abstract|what is it", "What is {this document} about?");
        known(
                "(?:known )?(?:limitations|issues|bugs|problems)|caveats",
                "What are the known limits of {this project}?");
        known("troubleshooting|common problems", "What helps when something goes wrong with {this project}?");
        known("contributing|contributions?|development", "How can I contribute to {this project}?");
        known("motivation|rationale|background|goals?|purpose", "What is {this project} meant for?");
        known("architecture(?: overview)?|design|structure", "How is {the system} built?");
        known("tests?|testing", "How is {this project} tested?");
        known("security(?: considerations)?", "What should I know about the security of {the system}?");
        known("performance|benchmarks?", "What is known about the performance of {the system}?");
        known(
                "conclusions?|summary|(?:key )?takeaways|lessons(?: learned)?",
                "What conclusions does the document draw?");
        known("deployment|deploying", "How is {the system} deployed?");
        known("support|help|getting help|contact|community", "Where can I get help with {this project}?");
        known("documentation", "What documentation is there for {this project}?");
        known("examples?", "What examples does the document give?");
        known("build(?:ing)?(?: from source)?|compiling|compilation", "How do I build {this project}?");
        known("next steps|roadmap|future work|todo|outlook", "What is planned next?");
        known("history", "What is the history of {this project}?");
    }

    private HeadingShapes() {}

    /** Whether a title says nothing about the subject of its document. */
    static boolean isGeneric(String title) {
        return GENERIC.matcher(title).matches()
                || KNOWN.keySet().stream()
                        .anyMatch(pattern -> pattern.matcher(title).matches());
    }

    /** Returns a question, or an empty string for any other heading. */
    static String question(String heading, String subject, UnaryOperator<String> natural) {
        for (Map.Entry<Pattern, String> known : KNOWN.entrySet()) {
            if (known.getKey().matcher(heading).matches()) {
                String replacement = subject.isEmpty() ? "$1" : Matcher.quoteReplacement(subject);
                return known.getValue().replaceFirst("\\{(.*)}", replacement);
            }
        }
        for (Map.Entry<Pattern, String> shape : SHAPES.entrySet()) {
            Matcher matcher = shape.getKey().matcher(heading);
            if (matcher.matches()) {
                return fill(shape.getValue(), matcher, natural);
            }
        }
        return "";
    }

    private static String fill(String question, Matcher matcher, UnaryOperator<String> natural) {
        Object[] groups = new Object[matcher.groupCount()];
        for (int i = 0; i < groups.length; i++) {
            String words = natural.apply(matcher.group(i + 1)).strip();
            groups[i] = i == 0 && question.startsWith("%s") ? capitalised(words) : words;
        }
        return String.format(Locale.ROOT, question, groups).replace(" ?", "?");
    }

    private static String capitalised(String words) {
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    private static void shape(String heading, String question) {
        SHAPES.put(Pattern.compile("(?i)" + heading), question);
    }

    private static void known(String heading, String question) {
        KNOWN.put(Pattern.compile("(?i)" + heading), question);
    }
}
