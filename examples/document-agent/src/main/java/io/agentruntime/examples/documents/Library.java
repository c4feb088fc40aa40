package io.agentruntime.examples.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.reading.LoadedDocument;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The texts of the processed documents, at {@code <organisation>/documents/<document>.json}, for the organisation of the open
 * context. Thread-safe; the calls block: make them on the io pool.
 */
final class Library {
    private static final String FOLDER = "documents";
    private static final ObjectMapper json = new ObjectMapper();

    private final BlobStore blobs;

    Library(BlobStore blobs) {
        this.blobs = blobs;
    }

    /** Keeps the text of a document, unless it is there already. */
    void keep(LoadedDocument document) {
        BlobName blob = folder().child(document.name() + ".json");
        String hash = document.source().hash();
        if (find(blob).filter(stored -> stored.hash().equals(hash)).isEmpty()) {
            blobs.put(blob, bytes(new StoredDocument(document.name(), hash, document.text())));
        }
    }

    /** Lists the blobs of all documents. */
    List<BlobName> list() {
        try (Stream<BlobName> documents = blobs.list(folder())) {
            return documents.toList();
        }
    }

    /** Reads a document; one that is damaged is as good as none, and the next run keeps it anew. */
    Optional<StoredDocument> find(BlobName blob) {
        return blobs.get(blob).flatMap(Library::read);
    }

    private static BlobName folder() {
        return BlobName.of(UsageContext.required().organisation(), FOLDER);
    }

    private static Optional<StoredDocument> read(byte[] stored) {
        try {
            return Optional.of(json.readValue(stored, StoredDocument.class));
        } catch (IOException damaged) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(StoredDocument document) {
        try {
            return json.writeValueAsBytes(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("three texts can always be written", e);
        }
    }
}
