package io.agentruntime.examples.documents.prompts;

import java.util.Locale;

/** What a model is asked to do. */
public enum Task {
    /** Write a summary of a document. */
    SUMMARY,
    /** Write the frequently asked questions of a document, with their answers. */
    FAQS,
    /** Suggest what a reader could ask next about a document. */
    QUESTIONS,
    /** Answer a question from passages of documents. */
    ANSWER;

    /**
     * Names the task in prompts, messages and file names.
     *
     * @return the name in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
