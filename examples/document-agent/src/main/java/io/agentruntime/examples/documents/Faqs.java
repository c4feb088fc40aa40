package io.agentruntime.examples.documents;

import java.util.List;

/**
 * The questions that a document answers, with the answers.
 *
 * @param faqs the questions and answers, the most important first
 */
record Faqs(List<Faq> faqs) {
    Faqs {
        faqs = List.copyOf(faqs);
    }
}
