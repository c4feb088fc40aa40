package io.agentruntime.examples.documents.embedded;

import io.agentruntime.examples.documents.outline.Sentence;
import io.agentruntime.examples.documents.prompts.Faq;
import io.agentruntime.examples.documents.prompts.Faqs;
import io.agentruntime.examples.documents.prompts.Questions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Turns the topics of a document into questions with answers, and into questions to ask next. */
final class FaqWriter {
    private static final int MAX_FAQS = 6;
    private static final int MAX_QUESTIONS = 5;
    private static final int MAX_ANSWER = 450;
    private static final int MAX_SENTENCES = 3;

    private final SentenceEncoder encoder;
    private final List<Topic> topics;
    private final List<Topic> answered = new ArrayList<>();
    private final List<Faq> faqs = new ArrayList<>();
    private final Set<Sentence> used = new HashSet<>();

    private FaqWriter(Analysis analysis, SentenceEncoder encoder) {
        this.encoder = encoder;
        this.topics = Topics.of(analysis, encoder);
    }

    static Faqs faqs(Analysis analysis, SentenceEncoder encoder) {
        FaqWriter writer = new FaqWriter(analysis, encoder);
        writer.answer();
        return new Faqs(writer.faqs);
    }

    /** Returns questions that are not among the FAQs. */
    static Questions questions(Analysis analysis, SentenceEncoder encoder) {
        FaqWriter writer = new FaqWriter(analysis, encoder);
        writer.answer();
        List<String> questions = writer.topics.stream()
                .filter(topic -> !writer.answered.contains(topic))
                .map(Topic::question)
                .limit(MAX_QUESTIONS)
                .toList();
        return new Questions(questions.isEmpty() ? List.of(QuestionPhraser.last(analysis.language())) : questions);
    }

    /** Answers the strongest topics, without saying anything twice, in the order of the document. */
    private void answer() {
        int most = Math.min(MAX_FAQS, (topics.size() + 1) / 2);
        for (Topic topic : topics) {
            List<Candidate> chosen = sentences(topic);
            boolean fresh = chosen.stream().noneMatch(candidate -> used.contains(candidate.sentence()));
            if (answered.size() < most && fresh) {
                answered.add(topic);
                chosen.forEach(candidate -> used.add(candidate.sentence()));
            }
        }
        answered.sort(Comparator.comparingInt(Topic::position));
        answered.forEach(topic -> faqs.add(new Faq(topic.question(), text(sentences(topic)))));
    }

    private List<Candidate> sentences(Topic topic) {
        float[] question = encoder.embed(topic.question());
        List<Candidate> scored = topic.sentences().stream()
                .map(candidate -> candidate.withScore(
                        Vectors.cosine(candidate.vector(), question) + SentenceQuality.of(candidate.sentence())))
                .toList();
        return fitting(Selection.choose(scored, MAX_SENTENCES));
    }

    private static List<Candidate> fitting(List<Candidate> chosen) {
        List<Candidate> fitting = new ArrayList<>();
        int length = 0;
        for (Candidate candidate : chosen) {
            length += candidate.text().length();
            if (fitting.isEmpty() || length <= MAX_ANSWER) {
                fitting.add(candidate);
            }
        }
        return fitting;
    }

    private static String text(List<Candidate> chosen) {
        return chosen.isEmpty()
                ? SummaryWriter.NOTHING
                : SummaryWriter.join(chosen.stream().map(Candidate::text).toList());
    }
}
