package io.agentruntime.examples.documents;

/**
 * A question that a document answers.
 *
 * @param question the question
 * @param answer the answer
 */
record Faq(String question, String answer) {}
