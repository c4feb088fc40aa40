package io.agentruntime.examples.documents.outline;

/**
 * A sentence of a document. Immutable.
 *
 * @param text the sentence without Markdown
 * @param position its place among all sentences of the document, from 0
 * @param section the place of its section among all sections, from 0
 * @param leading whether it is the first of its section
 * @param item whether it comes from a list
 */
public record Sentence(String text, int position, int section, boolean leading, boolean item) {}
