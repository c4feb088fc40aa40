package io.agentruntime.examples.documents;

import io.agentruntime.cache.ContentSource;

/**
 * A processed document, as it is kept for questions.
 *
 * @param name the name of the document
 * @param hash the SHA-256 of its bytes
 * @param text its text
 */
record StoredDocument(String name, String hash, String text) {
    ContentSource source() {
        return new ContentSource(name, hash);
    }
}
