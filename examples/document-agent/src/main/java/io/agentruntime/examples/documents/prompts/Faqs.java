package io.agentruntime.examples.documents.prompts;

import java.util.List;

/**
 * The questions that a document answers, with the answers. Immutable.
 *
 * @param faqs the questions and answers, the most important first
 */
public record Faqs(List<Faq> faqs) {
    /** Keeps a copy of the list. */
    public Faqs {
        faqs = List.copyOf(faqs);
    }
}
