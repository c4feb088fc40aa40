package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Sentence;
import java.util.regex.Pattern;

/** Judges from its form alone how well a sentence can stand outside its document. */
final class SentenceQuality {
    private static final Pattern COMPLETE = Pattern.compile("(?s)[\\p{Lu}\\p{N}\"'“„«].*[.!?…][\"'”’»)]*");
    private static final Pattern DANGLING = Pattern.compile(
            "(?i)(?:this(?! (?:document|paper|guide|tutorial|page|article|project|library|package|manual|book))|that|these"
                    + "|those|it|its|they|their|he|she|such|here|however|also|but|and|so|then|otherwise|therefore|thus|hence"
                    + "|instead|another|both|finally|moreover|furthermore|dies(?:e[rsmn]?)?|sie|er|es|jedoch|aber|und|dann"
                    + "|daher|deshalb|dazu|dabei|damit|danach|außerdem|zudem|sonst)\\b.*");
    private static final Pattern POINTER = Pattern.compile(
            "(?i)(?:see|please|note that|for example|for details|for more|e\\.g|siehe|click|file:|next:|previous:|up:)(?!\\w).*");
    private static final Pattern BOILERPLATE = Pattern.compile("(?i).*(?:copyright|\\(c\\) \\d|redistribute"
            + "|all rights reserved|software foundation|warranty|general public license).*");
    private static final Pattern DEFINITION =
            Pattern.compile("(?i)(?:.{2,60}? (?:is|are|ist|sind) (?:an?|the|one|eine?) .*"
                    + "|(?:this|the) (?:document|paper|guide|tutorial|page|article|project|library|package|manual|book|report"
                    + "|readme|tool|module|program)\\b.*)");
    private static final int LEAD = 6;
    private static final int SHORT = 40;
    private static final int LONG = 260;
    private static final int FEWEST_WORDS = 5;
    private static final double USUAL_ODDITIES = 0.08;

    private SentenceQuality() {}

    /** From -1 for legal text to 0.4 for a definition at the beginning of the document. */
    static double of(Sentence sentence) {
        String text = sentence.text();
        if (BOILERPLATE.matcher(text).matches()) {
            return -1;
        }
        double quality = opening(sentence) + length(text);
        quality -= sentence.item() ? 0.07 : 0;
        quality -= DANGLING.matcher(text).matches() ? 0.10 : 0;
        quality -= POINTER.matcher(text).matches() ? 0.20 : 0;
        quality -= text.endsWith(":") ? 0.25 : 0;
        quality -= text.endsWith("?") ? 0.10 : 0;
        return quality - 0.5 * Math.max(0, oddities(text) - USUAL_ODDITIES);
    }

    /** Complete sentences are good, and the first ones of a document usually say what it is about. */
    private static double opening(Sentence sentence) {
        String text = sentence.text();
        if (!COMPLETE.matcher(text).matches() && !(sentence.leading() && text.endsWith("."))) {
            return -0.12;
        }
        if (sentence.position() < LEAD) {
            double definition = DEFINITION.matcher(text).matches() ? 0.20 : 0;
            return 0.25 + definition - 0.03 * sentence.position();
        }
        boolean early =
                sentence.position() < 2 * LEAD && DEFINITION.matcher(text).matches();
        return 0.05 + (early ? 0.10 : 0) + (sentence.leading() ? 0.04 : 0);
    }

    private static double length(String text) {
        if (text.length() < SHORT || text.split("\\s+").length < FEWEST_WORDS) {
            return -0.12;
        }
        return text.length() > LONG ? -0.08 : 0;
    }

    /** The share of characters that are rare in prose. */
    private static double oddities(String text) {
        long odd = text.codePoints()
                .filter(c -> !Character.isLetter(c) && !Character.isWhitespace(c) && ",.'’-!?".indexOf(c) < 0)
                .count();
        return (double) odd / text.length();
    }
}
