package io.agentruntime.examples.documents.outline;

/**
 * A piece of a document's structure.
 *
 * @param kind what it is
 * @param level the level of a heading, from 1; otherwise 0
 * @param text its text without Markdown
 */
record Block(Kind kind, int level, String text) {
    /** What a block is. */
    enum Kind {
        HEADING,
        /** A heading recognised by its shape alone, which may as well be a short statement. */
        LIKELY_HEADING,
        PARAGRAPH,
        ITEM,
        ROW,
        CODE
    }
}
