/**
 * Models as the runtime uses them. {@link io.agentruntime.chat.ModelHttpTransport} carries the requests of LangChain4j models: streams
 * that hold no thread, with timeouts, headers and cancellation.
 */
@NullMarked
package io.agentruntime.chat;

import org.jspecify.annotations.NullMarked;
