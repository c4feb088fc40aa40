package io.agentruntime.examples.documents;

import io.agentruntime.cache.ContentSource;

/** A document as it was when it was read. Immutable. */
final class LoadedDocument {
    private final DocumentFile file;
    private final byte[] bytes;
    private final ContentSource source;

    private LoadedDocument(DocumentFile file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        this.source = ContentSource.of(file.name(), bytes);
    }

    /**
     * Reads a file.
     *
     * @throws DocumentException if it cannot be read, or is empty
     */
    static LoadedDocument read(DocumentFile file) {
        return new LoadedDocument(file, DocumentReader.bytes(file));
    }

    String name() {
        return file.name();
    }

    /** The name and the hash of the bytes. */
    ContentSource source() {
        return source;
    }

    /**
     * Takes the text out of the bytes.
     *
     * @throws DocumentException if there is none
     */
    String text() {
        return DocumentReader.text(file, bytes);
    }
}
