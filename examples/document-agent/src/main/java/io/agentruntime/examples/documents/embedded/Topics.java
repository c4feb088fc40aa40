package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Headings;
import io.agentruntime.examples.documents.outline.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Finds what a document can be asked: first what its headings name, then its key phrases. */
final class Topics {
    private static final int MAX_PHRASES = 8;
    private static final int SENTENCES_PER_PHRASE = 6;
    private static final int LEAD = 4;
    private static final int STRONGEST = 3;
    private static final double LEAST_QUALITY = -0.25;
    private static final double RELATED = 0.3;
    private static final double TOP_LEVEL_BONUS = 0.1;

    private final Analysis analysis;
    private final SentenceEncoder encoder;
    private final QuestionPhraser phraser;
    private final List<Topic> topics = new ArrayList<>();
    private final Set<String> asked = new HashSet<>();
    private int leadSection = -1;

    private Topics(Analysis analysis, SentenceEncoder encoder) {
        this.analysis = analysis;
        this.encoder = encoder;
        this.phraser = QuestionPhraser.of(analysis);
    }

    /** Returns the topics of a document; the most important ones come first. */
    static List<Topic> of(Analysis analysis, SentenceEncoder encoder) {
        Topics topics = new Topics(analysis, encoder);
        topics.addLead();
        topics.addHeadings();
        topics.topics.sort(Comparator.comparingDouble(Topic::strength).reversed());
        topics.addPhrases();
        if (topics.topics.size() < 2) {
            topics.add(topics.phraser.general(), analysis.candidates(), 0);
        }
        return topics.topics;
    }

    /** Asks what the thing is that one of the first sentences defines. */
    private void addLead() {
        for (Candidate candidate : analysis.candidates().stream().limit(LEAD).toList()) {
            String question = phraser.fromDefinition(candidate.text());
            if (leadSection < 0 && !question.isEmpty()) {
                leadSection = candidate.sentence().section();
                List<Candidate> sentences = analysis.candidates().stream()
                        .filter(other -> other.sentence().section() == leadSection)
                        .limit(SENTENCES_PER_PHRASE)
                        .toList();
                add(question, sentences, Double.MAX_VALUE);
            }
        }
    }

    private void addHeadings() {
        List<Section> sections = analysis.outline().sections();
        for (int i = 0; i < sections.size(); i++) {
            String heading = sections.get(i).heading();
            List<Candidate> sentences = under(sections, i);
            if (i != leadSection && Headings.isTopic(heading) && !sentences.isEmpty() && asked.add(key(heading))) {
                double bonus = sections.get(i).level() <= 2 ? TOP_LEVEL_BONUS : 0;
                add(phraser.fromHeading(heading, sentences), sentences, strength(sentences) + bonus);
            }
        }
    }

    private void addPhrases() {
        for (String phrase : KeyPhrases.of(encoder, analysis, MAX_PHRASES)) {
            List<Candidate> about = about(phrase);
            if (!about.isEmpty() && asked.stream().noneMatch(heading -> heading.contains(key(phrase)))) {
                asked.add(key(phrase));
                add(phraser.fromPhrase(phrase, about), about, 0);
            }
        }
    }

    private void add(String question, List<Candidate> sentences, double strength) {
        if (topics.stream().noneMatch(topic -> topic.question().equals(question))) {
            topics.add(new Topic(question, sentences, strength));
        }
    }

    /** The sentences that hold a phrase, the closest to its meaning first. */
    private List<Candidate> about(String phrase) {
        float[] vector = encoder.embed(phrase);
        String lowerCase = phrase.toLowerCase(Locale.ROOT);
        return analysis.candidates().stream()
                .filter(candidate -> candidate.text().toLowerCase(Locale.ROOT).contains(lowerCase))
                .map(candidate -> candidate.withScore(Vectors.cosine(candidate.vector(), vector)))
                .filter(candidate -> candidate.score() > RELATED)
                .sorted(Comparator.comparingDouble(Candidate::score).reversed())
                .limit(SENTENCES_PER_PHRASE)
                .toList();
    }

    /** The sentences of a section, or of its subsections if it has none of its own. */
    private List<Candidate> under(List<Section> sections, int index) {
        int end = index + 1;
        if (sections.get(index).sentences().isEmpty()) {
            while (end < sections.size()
                    && sections.get(end).level() > sections.get(index).level()) {
                end++;
            }
        }
        int to = end;
        return analysis.candidates().stream()
                .filter(candidate -> candidate.sentence().section() >= index
                        && candidate.sentence().section() < to)
                .filter(candidate -> SentenceQuality.of(candidate.sentence()) > LEAST_QUALITY)
                .toList();
    }

    private static double strength(List<Candidate> sentences) {
        return sentences.stream()
                        .map(Candidate::score)
                        .sorted(Comparator.reverseOrder())
                        .limit(STRONGEST)
                        .mapToDouble(Double::doubleValue)
                        .sum()
                / STRONGEST;
    }

    private static String key(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
    }
}
