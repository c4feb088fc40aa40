package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Headings;
import io.agentruntime.examples.documents.outline.Outline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** English questions for headings and key phrases, by rules for the usual shapes of headings. */
final class EnglishQuestions {
    private static final Pattern LABELLED = Pattern.compile("(?:The )?([\\p{L}\\p{N}]+(?: [\\p{L}\\p{N}]+)?):\\s+(.+)");
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}/ .'-]+");
    private static final Pattern CLAUSE = Pattern.compile(
            "(?i)(?:when|if|while|after|before|where|which|who|what|why|how|as"
                    + "|because|no|not|never|always|do|don't|be|is|are|for|in|on|at|by|with|from|to) .*"
                    + "|.* (?:is|are|was|were|has|have|can|cannot|must|should|does|do|will|not|means|gets?|makes?|that|which|whose) .*");
    private static final Pattern CAPITALISED = Pattern.compile("\\p{Lu}[\\p{Ll}'’-]*(?:-\\p{Lu}[\\p{Ll}]+)*[,:]?");
    private static final Pattern RULES =
            Pattern.compile("(?i).*\\b(?:must|should|never|always|may not|not allowed)\\b.*");

    private final String text;
    private final String subject;

    EnglishQuestions(Outline outline) {
        StringBuilder words = new StringBuilder(" ");
        outline.sentences().forEach(sentence -> words.append(sentence.text()).append(' '));
        this.text = words.toString();
        this.subject = subject(outline.title());
    }

    String fromHeading(String heading, List<String> sentences) {
        String topic = heading.replaceFirst("\\s*\\([^)]*\\)$", "").replaceFirst("\\s+[—–]\\s.*", "");
        Matcher labelled = LABELLED.matcher(topic);
        if (labelled.matches() && !CLAUSE.matcher(labelled.group(2)).matches()) {
            String rest = labelled.group(2);
            return labelled.group(1).matches("(?i).*(?:challenge|problem|issue)s?")
                    ? "What is the problem with " + natural(rest) + "?"
                    : fromHeading(rest, sentences);
        }
        String question = HeadingShapes.question(topic, subject, this::natural);
        if (question.isEmpty()) {
            question = Verbs.question(natural(topic));
        }
        return question.isEmpty() ? aboutNoun(topic, sentences) : question;
    }

    /** A question about a phrase that the document uses; it may be in the singular and need an article. */
    String fromPhrase(String phrase, List<String> sentences) {
        String definition = definition(phrase, sentences);
        if (!definition.isEmpty()) {
            return definition;
        }
        String natural = natural(phrase);
        if (isPlural(natural)) {
            return "What does the document say about " + natural + "?";
        }
        int mentions = text.split(Pattern.quote(" the " + natural + " "), -1).length - 1;
        if (mentions > 1) {
            return "What role does the " + natural + " play?";
        }
        return "What does the document say about " + (mentions == 1 ? "the " + natural : "“" + phrase + "”") + "?";
    }

    private String aboutNoun(String heading, List<String> sentences) {
        String definition = definition(heading, sentences);
        if (!definition.isEmpty()) {
            return definition;
        }
        if (heading.equals(subject) && !isPlural(heading) && !heading.matches("(?i)(?:the|an?) .*")) {
            return "What is " + heading + "?";
        }
        if (!PLAIN.matcher(heading).matches() || CLAUSE.matcher(heading).matches()) {
            return "What does the document say about “" + heading + "”?";
        }
        String ruled = sentences.stream()
                                        .filter(sentence ->
                                                RULES.matcher(sentence).matches())
                                        .count()
                                * 2
                        > sentences.size()
                ? "What are the rules for %s?"
                : "";
        return NounQuestions.question(natural(heading), ruled);
    }

    private String definition(String phrase, List<String> sentences) {
        Pattern pattern =
                Pattern.compile("(?i)^(?:(an?|the) )?" + Pattern.quote(phrase) + " (is|are) (?:an?|the|one) .*");
        for (String sentence : sentences) {
            Matcher matcher = pattern.matcher(sentence);
            if (matcher.matches()) {
                String article =
                        matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(Locale.ROOT) + " ";
                return "What " + matcher.group(2) + " " + article + (phrase.equals(subject) ? phrase : natural(phrase))
                        + "?";
            }
        }
        return "";
    }

    static boolean isPlural(String words) {
        return words.matches(".*[^s\\W]s(?: (?:of|for|in|with|to|and) .*)?") && !words.matches(".*(?:is|us|ss)");
    }

    /** Writes the words of a heading in lower case, unless there is a name among them. */
    private String natural(String heading) {
        List<String> words = new ArrayList<>();
        for (String word : heading.split(" ", -1)) {
            boolean capitalised = CAPITALISED.matcher(word).matches();
            if (capitalised && isName(word.replaceAll("[,:]$", ""))) {
                return heading;
            }
            words.add(capitalised ? word.toLowerCase(Locale.ROOT) : word);
        }
        return String.join(" ", words);
    }

    /** Whether the document writes the word with a capital inside its sentences too. */
    private boolean isName(String word) {
        String lowerCase = word.toLowerCase(Locale.ROOT);
        return !Verbs.isKnown(lowerCase)
                && !Language.ENGLISH.isStopWord(lowerCase)
                && !text.contains(" " + lowerCase + " ")
                && Pattern.compile("[\\p{Ll},] " + Pattern.quote(word) + "\\b")
                        .matcher(text)
                        .find();
    }

    /** What the document is about, if its title is short enough to be a name. */
    private static String subject(String title) {
        String name = title.replaceFirst("(?:\\s+[-–—:|]\\s+|: ).*", "").strip();
        boolean isName = name.split("\\s+").length <= 3
                && PLAIN.matcher(name).matches()
                && !name.matches("(?i)(?:the|an?) .*")
                && Verbs.question(name).isEmpty()
                && Headings.isTopic(name)
                && !HeadingShapes.isGeneric(name);
        return isName ? name : "";
    }
}
