/** Sections, sentences and passages of a text. Start at {@link io.agentruntime.examples.documents.outline.Outline}. */
@NullMarked
package io.agentruntime.examples.documents.outline;

import org.jspecify.annotations.NullMarked;
