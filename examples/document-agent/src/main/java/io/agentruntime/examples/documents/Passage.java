package io.agentruntime.examples.documents;

/**
 * A piece of a document that can be found by its meaning, in a form that can be stored.
 *
 * @param document the name of the document
 * @param heading the heading above the piece, or an empty string
 * @param text the text of the piece
 * @param vector the sentence embedding of the piece, as {@link Vectors} writes it
 */
record Passage(String document, String heading, String text, String vector) {}
