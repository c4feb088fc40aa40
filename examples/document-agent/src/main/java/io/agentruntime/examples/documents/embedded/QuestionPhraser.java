package io.agentruntime.examples.documents.embedded;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Phrases a question about a heading or a key phrase of a document. */
final class QuestionPhraser {
    private static final Pattern QUESTION_END = Pattern.compile("(?s).*\\?\\s*$");

    private static final Pattern DEFINITION = Pattern.compile(
            "(?!(?:This|That|These|Those|It|There|Here|What|Dies|Das|Es)\\b)"
                    + "([\\p{L}\\p{N}.+#-]+(?: [\\p{L}\\p{N}.+#-]+){0,3})(?:, [^.]{1,60},)? (is|are|ist|sind) (?:an?|the|one|eine?) .*");

    private final Analysis analysis;
    private final EnglishQuestions english;

    private QuestionPhraser(Analysis analysis, EnglishQuestions english) {
        this.analysis = analysis;
        this.english = english;
    }

    static QuestionPhraser of(Analysis analysis) {
        return new QuestionPhraser(analysis, new EnglishQuestions(analysis.outline()));
    }

    String fromHeading(String heading, List<Candidate> sentences) {
        if (QUESTION_END.matcher(heading).matches()) {
            return heading;
        }
        if (analysis.language() == Language.GERMAN) {
            return german(heading);
        }
        return english.fromHeading(
                heading, sentences.stream().map(Candidate::text).toList());
    }

    /** Asks for what the sentence defines, or returns an empty string if it defines nothing. */
    String fromDefinition(String sentence) {
        Matcher matcher = DEFINITION.matcher(sentence);
        if (!matcher.matches()) {
            return "";
        }
        boolean german = analysis.language() == Language.GERMAN;
        return (german ? "Was " : "What ") + matcher.group(2) + " " + uncapitalised(matcher.group(1)) + "?";
    }

    String fromPhrase(String phrase, List<Candidate> sentences) {
        if (analysis.language() == Language.GERMAN) {
            return german(phrase);
        }
        return english.fromPhrase(
                phrase, sentences.stream().map(Candidate::text).toList());
    }

    private static String uncapitalised(String words) {
        return words.matches("(?:The|An?|Die|Der|Das|Eine?) .*")
                ? words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1)
                : words;
    }

    /** A question that every document answers. */
    String general() {
        return analysis.language() == Language.GERMAN
                ? "Worum geht es in diesem Dokument?"
                : "What is this document about?";
    }

    /** What can be asked when there is nothing else to ask. */
    static String last(Language language) {
        return language == Language.GERMAN
                ? "Was ist das Wichtigste in diesem Dokument?"
                : "What is most important in this document?";
    }

    private static String german(String topic) {
        String first = topic.replaceFirst("\\s.*", "").toLowerCase(Locale.ROOT);
        return switch (first) {
            case "wie", "warum", "wann", "wo", "wer", "was", "wozu", "weshalb", "welche", "welcher", "welches" ->
                topic + "?";
            default -> "Was sagt das Dokument über „" + topic + "“?";
        };
    }
}
