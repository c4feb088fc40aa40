package io.agentruntime.examples.documents.prompts;

/**
 * A question that a document answers. Immutable.
 *
 * @param question the question
 * @param answer the answer
 */
public record Faq(String question, String answer) {}
