/**
 * The models that run in this process. Start at {@link io.agentruntime.examples.documents.embedded.EmbeddedChatModel}, or for
 * the search in documents at {@link io.agentruntime.examples.documents.embedded.PassageIndex}.
 */
@NullMarked
package io.agentruntime.examples.documents.embedded;

import org.jspecify.annotations.NullMarked;
