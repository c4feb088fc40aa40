package io.agentruntime.examples.documents.reading;

import java.util.List;

/**
 * What a search for documents has found. Immutable.
 *
 * @param documents the documents in the order of their names
 * @param problems one entry for each path that could not be searched, in the order in which they were met
 */
public record FoundDocuments(List<DocumentFile> documents, List<DocumentException> problems) {
    /** Keeps copies of the lists. */
    public FoundDocuments {
        documents = List.copyOf(documents);
        problems = List.copyOf(problems);
    }
}
