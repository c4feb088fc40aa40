package io.agentruntime.examples.documents;

import io.agentruntime.audit.AuditQueue;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.queue.EnqueueResult;

/** Notes who had which document processed and which question answered, but never what was asked or answered. Thread-safe. */
final class AuditTrail {
    private static final String PROCESS = "document.process";
    private static final String ASK = "question.ask";
    private static final String REFUSED = "refused";
    private static final int HASH_LENGTH = 32;

    private final AuditQueue queue;
    private final Console console;

    AuditTrail(AuditQueue queue, Console console) {
        this.queue = queue;
        this.console = console;
    }

    /** Notes what has become of a document. */
    void document(UsageContext owner, DocumentResult result) {
        record(owner, PROCESS, result.name(), result.outcome());
    }

    /** Notes that something was given that is no document. */
    void refusedDocument(UsageContext owner, String document) {
        record(owner, PROCESS, document, REFUSED);
    }

    /** Notes what has become of a question: {@code answered}, {@code cached}, {@code failed} or {@code stopped}. */
    void question(UsageContext owner, String question, String outcome) {
        record(owner, ASK, hash(question), outcome);
    }

    /** Notes that no question was taken, for there are no documents to ask. */
    void refusedQuestions(UsageContext owner) {
        record(owner, ASK, "", REFUSED);
    }

    /** Stands for a question: the same for the same words, and not to be read back. */
    static String hash(String question) {
        return ContentSource.of("question", question).hash().substring(0, HASH_LENGTH);
    }

    private void record(UsageContext owner, String action, String subject, String outcome) {
        try (ContextScope scope = owner.open()) {
            EnqueueResult result = queue.record(action, subject, outcome);
            if (!result.accepted()) {
                console.problem("not in the audit: " + action + " " + subject + " " + outcome + " (" + result + ")");
            }
        }
    }
}
