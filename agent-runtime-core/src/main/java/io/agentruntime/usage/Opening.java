package io.agentruntime.usage;

import dev.langchain4j.model.chat.request.ChatRequest;
import io.agentruntime.context.UsageContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a call when it begins.
 *
 * @param owner whose call it is, or null if nobody's
 * @param provider the provider that is asked
 * @param model the model that is asked
 * @param characters how much it is asked
 * @param request what it is asked, or null if nobody will need it
 */
record Opening(
        @Nullable UsageContext owner,
        String provider,
        String model,
        long characters,
        @Nullable ChatRequest request) {}
