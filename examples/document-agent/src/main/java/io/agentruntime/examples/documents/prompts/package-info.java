/**
 * What a model is asked, and what it answers. Start at {@link io.agentruntime.examples.documents.prompts.Prompts}, whose answers
 * {@link io.agentruntime.examples.documents.prompts.Answers} reads.
 */
@NullMarked
package io.agentruntime.examples.documents.prompts;

import org.jspecify.annotations.NullMarked;
