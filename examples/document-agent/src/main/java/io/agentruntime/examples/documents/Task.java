package io.agentruntime.examples.documents;

import java.util.Locale;

/** What a model is asked to do. */
enum Task {
    SUMMARY,
    FAQS,
    QUESTIONS,
    ANSWER;

    /** The name of the task in prompts, messages and file names. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
