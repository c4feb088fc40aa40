package io.agentruntime.examples.documents.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits running text into sentences. Knows common English and German abbreviations, initials and ordinal numbers. */
final class SentenceSplitter {
    private static final Pattern END =
            Pattern.compile("(?<![.!?…])[.!?…]++[\"'”’»)\\]]*+\\s++(?=[\\p{Lu}\\p{N}\"'“„«(\\[])");
    private static final Set<String> ABBREVIATIONS = Set.of(
            "e.g", "i.e", "etc", "vs", "cf", "approx", "fig", "no", "nos", "vol", "ed", "eds", "mr", "mrs", "ms", "dr",
            "prof", "st", "jr", "inc", "ltd", "co", "corp", "dept", "sec", "ch", "p", "pp", "z.b", "d.h", "u.a", "bzw",
            "ca", "nr", "abs", "art", "vgl", "usw", "ggf", "evtl", "inkl", "zzgl", "str", "tel", "min", "max", "s.o");
    private static final int LONGEST_WORD = 12;
    private static final int MAX_LENGTH = 560;
    private static final int WORDS_WITHOUT_STOP = 30;

    private SentenceSplitter() {}

    static List<String> split(String text) {
        List<String> sentences = new ArrayList<>();
        Matcher end = END.matcher(text);
        int start = 0;
        while (end.find()) {
            if (!isAbbreviated(
                    text.substring(Math.max(start, end.start() - LONGEST_WORD), end.start()),
                    text.charAt(end.start()))) {
                addBounded(sentences, text.substring(start, end.end()).strip());
                start = end.end();
            }
        }
        addBounded(sentences, text.substring(start).strip());
        return sentences;
    }

    private static boolean isAbbreviated(String before, char stop) {
        if (stop != '.') {
            return false;
        }
        String word = before.substring(Math.max(before.lastIndexOf(' '), before.lastIndexOf('(')) + 1);
        return ABBREVIATIONS.contains(word.toLowerCase(Locale.ROOT)) || word.matches("\\p{Lu}|\\p{Ll}|\\d{1,2}");
    }

    /** Cuts what is far too long for a sentence, as in text without punctuation, into runs of words. */
    private static void addBounded(List<String> sentences, String sentence) {
        if (sentence.isEmpty()) {
            return;
        }
        if (sentence.length() <= MAX_LENGTH) {
            sentences.add(sentence);
            return;
        }
        List<String> parts = List.of(sentence.split("(?<=[;:])\\s+"));
        if (parts.size() > 1) {
            parts.forEach(part -> addBounded(sentences, part));
        } else {
            addRuns(sentences, List.of(sentence.split("\\s+")));
        }
    }

    private static void addRuns(List<String> sentences, List<String> words) {
        for (int from = 0; from < words.size(); from += WORDS_WITHOUT_STOP) {
            int to = Math.min(words.size(), from + WORDS_WITHOUT_STOP);
            String run = String.join(" ", words.subList(from, to));
            sentences.add(run.length() > MAX_LENGTH ? run.substring(0, MAX_LENGTH) : run);
        }
    }
}
