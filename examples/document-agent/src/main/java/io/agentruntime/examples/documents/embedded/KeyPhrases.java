package io.agentruntime.examples.documents.embedded;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the phrases of one to three words that a document uses most and that are about what it is about. */
final class KeyPhrases {
    private static final Pattern WORD = Pattern.compile("[\\p{L}][\\p{L}\\p{N}_-]*[\\p{L}\\p{N}]");
    private static final double LEAST_QUALITY = -0.3;
    private static final int MAX_WORDS = 3;
    private static final int MAX_CANDIDATES = 40;

    private static final Pattern NOT_A_NOUN =
            Pattern.compile("(?i).*(?:ly|ing|ed|able|ible|ful|ous)|several|following|various");
    private static final Pattern BEFORE_NOUN =
            Pattern.compile("(?is).*\\b(?:the|an?|of|for|with|in|on|by|from|your|our|my|its|their|his|her"
                    + "|each|every|no|any|all|new|about|into|between|per|via|without)\\s+[\"'“(]?");

    private final Language language;
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, String> spellings = new HashMap<>();
    private final Set<String> nouns = new HashSet<>();

    private KeyPhrases(Language language) {
        this.language = language;
    }

    /** Returns phrases, the best first; none is part of another. */
    static List<String> of(SentenceEncoder encoder, Analysis analysis, int count) {
        if (analysis.candidates().isEmpty()) {
            return List.of();
        }
        KeyPhrases phrases = new KeyPhrases(analysis.language());
        analysis.candidates().stream()
                .filter(candidate -> SentenceQuality.of(candidate.sentence()) > LEAST_QUALITY)
                .forEach(candidate -> phrases.add(candidate.text()));
        float[] centroid = Vectors.mean(
                analysis.candidates().stream().map(Candidate::vector).toList());
        return phrases.best(encoder, centroid, count);
    }

    private void add(String sentence) {
        List<MatchResult> words = WORD.matcher(sentence).results().toList();
        for (int from = 0; from < words.size(); from++) {
            int most = language == Language.GERMAN ? 1 : MAX_WORDS;
            for (int to = from; to < Math.min(words.size(), from + most); to++) {
                String phrase = sentence.substring(
                        words.get(from).start(), words.get(to).end());
                if (isPhrase(phrase)) {
                    add(
                            phrase,
                            sentence.substring(0, words.get(from).start()),
                            sentence.substring(words.get(to).end()));
                }
            }
        }
    }

    private void add(String phrase, String before, String after) {
        String key = phrase.toLowerCase(Locale.ROOT);
        counts.merge(key, 1, Integer::sum);
        spellings.merge(key, phrase, (a, b) -> a.equals(key) ? a : b);
        if ((BEFORE_NOUN.matcher(before).matches() && isEndOfNoun(after))
                || (language == Language.GERMAN && !before.isEmpty())) {
            nouns.add(key);
        }
    }

    /** Whether a noun can end before this text: at a mark, a stop word, or the end. */
    private boolean isEndOfNoun(String after) {
        Matcher next = WORD.matcher(after);
        boolean follows = after.startsWith(" ") && next.find() && next.start() == 1;
        return !follows || language.isStopWord(next.group().toLowerCase(Locale.ROOT));
    }

    private boolean isPhrase(String phrase) {
        List<String> words = List.of(phrase.split(" ", -1));
        boolean plain = words.stream()
                .allMatch(word -> WORD.matcher(word).matches()
                        && word.length() > 2
                        && !language.isStopWord(word.toLowerCase(Locale.ROOT)));
        String last = words.get(words.size() - 1);
        boolean noun = language == Language.ENGLISH || Character.isUpperCase(last.charAt(0));
        return plain
                && noun
                && (words.size() > 1 || last.length() > 4)
                && !NOT_A_NOUN.matcher(last).matches();
    }

    private boolean isFrequent(String phrase) {
        return nouns.contains(phrase) && (!phrase.contains(" ") || counts.getOrDefault(phrase, 0) > 1);
    }

    private List<String> best(SentenceEncoder encoder, float[] centroid, int count) {
        Map<String, Double> scores = new HashMap<>();
        counts.entrySet().stream()
                .filter(entry -> isFrequent(entry.getKey()))
                .sorted(Comparator.comparingDouble((Map.Entry<String, Integer> entry) -> -weight(entry))
                        .thenComparing(Map.Entry::getKey))
                .limit(MAX_CANDIDATES)
                .forEach(entry -> scores.put(
                        entry.getKey(),
                        Vectors.cosine(encoder.embed(entry.getKey()), centroid) + 0.15 * Math.log(weight(entry))));
        List<String> best = new ArrayList<>();
        scores.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .filter(phrase -> best.stream().noneMatch(other -> overlap(other, phrase)) && best.size() < count)
                .forEach(best::add);
        return best.stream()
                .map(phrase -> spellings.getOrDefault(phrase, phrase))
                .toList();
    }

    private static double weight(Map.Entry<String, Integer> entry) {
        return entry.getValue() * (1 + 0.5 * (entry.getKey().split(" ", -1).length - 1));
    }

    private static boolean overlap(String a, String b) {
        return List.of(a.split(" ", -1)).stream()
                .anyMatch(word -> word.length() > 3 && b.contains(word.substring(0, 4)));
    }
}
