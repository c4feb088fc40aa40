package io.agentruntime.examples.documents.reading;

import io.agentruntime.cache.ContentSource;

/** A document as it was when it was read. Immutable and thread-safe. */
public final class LoadedDocument {
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
     * @param file the file
     * @return what it holds
     * @throws DocumentException if it cannot be read, or is empty
     */
    public static LoadedDocument read(DocumentFile file) {
        return new LoadedDocument(file, DocumentReader.bytes(file));
    }

    /**
     * Gives the name of the document.
     *
     * @return the name of the file that was read
     */
    public String name() {
        return file.name();
    }

    /**
     * Tells what is derived from this document from what is derived from others.
     *
     * @return the name and the hash of the bytes
     */
    public ContentSource source() {
        return source;
    }

    /**
     * Takes the text out of the bytes.
     *
     * @return the text, with at least one letter or digit
     * @throws DocumentException if there is none
     */
    public String text() {
        return DocumentReader.text(file, bytes);
    }
}
