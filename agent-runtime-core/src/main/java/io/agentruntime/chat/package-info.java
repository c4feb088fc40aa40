/**
 * Models as the runtime uses them. {@link io.agentruntime.chat.ModelHttpTransport} carries the requests of LangChain4j models: streams
 * that hold no thread, with timeouts, headers and cancellation. {@link io.agentruntime.chat.ChatResponseCache} gives answers again. {@link io.agentruntime.chat.TurnLock} keeps the turns of one
 * conversation apart, and {@link io.agentruntime.chat.ChatHistoryRepair} mends what a crash left of one.
 */
@NullMarked
package io.agentruntime.chat;

import org.jspecify.annotations.NullMarked;
