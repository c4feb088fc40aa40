package io.agentruntime.examples.documents;

/**
 * A sentence of a document.
 *
 * @param text the sentence without Markdown
 * @param position its place among all sentences of the document, from 0
 * @param section the place of its section among all sections, from 0
 * @param leading whether it is the first of its section
 * @param item whether it comes from a list
 */
record Sentence(String text, int position, int section, boolean leading, boolean item) {}
