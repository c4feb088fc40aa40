package io.agentruntime.examples.documents.prompts;

/**
 * A piece of a document that can be found by its meaning, in a form that can be stored. Immutable.
 *
 * @param document the name of the document
 * @param heading the heading above the piece, or an empty string
 * @param text the text of the piece
 * @param vector the sentence embedding of the piece, in the form that is stored, or an empty string
 */
public record Passage(String document, String heading, String text, String vector) {}
