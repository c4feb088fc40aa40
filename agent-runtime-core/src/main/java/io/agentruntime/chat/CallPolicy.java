package io.agentruntime.chat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelFallback;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.resilience.ModelThrottle;
import io.agentruntime.resilience.ProviderLimits;
import io.agentruntime.usage.UsageCall;
import io.agentruntime.usage.UsageLedger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** How the calls of a decorated model are made. Immutable and thread-safe. */
record CallPolicy<M>(
        ModelFallback<M> fallback,
        Map<String, ModelThrottle> throttles,
        ModelRetry retry,
        UsageLedger ledger,
        Duration timeout,
        WorkloadExecutor executor,
        ScheduledExecutorService timer,
        Ticker ticker,
        SelfRetries selfRetries) {

    Deadline deadline() {
        return Deadline.after(timeout, ticker);
    }

    /** The model that is asked first, and that the decorated one says it is. */
    M primary() {
        return fallback.routes().get(0).model();
    }

    @Nullable
    ModelThrottle throttle(String route) {
        return throttles.get(route);
    }

    /** What goes over the wire for one attempt, and what its answers say about the limits. */
    WireCall wire(String route) {
        ModelThrottle throttle = throttle(route);
        return throttle == null
                ? new WireCall(answer -> {})
                : new WireCall(answer -> throttle.observe(ProviderLimits.of(answer.headers(), InstantSource.system())));
    }

    /** The caller's options, and the call, so that a listener with the same ledger leaves it to us. */
    ChatRequestOptions options(ChatRequestOptions given, UsageCall call) {
        Map<Object, Object> attributes = new HashMap<>(given.listenerAttributes());
        attributes.put(ledger, call);
        return ChatRequestOptions.builder().listenerAttributes(attributes).build();
    }

    /** How many tokens a call may take: its input, and all the output that it allows. */
    static long tokens(UsageCall call, ChatRequest request) {
        Integer output = request.parameters().maxOutputTokens();
        return call.estimatedInput() + (output == null ? 0 : Math.max(0, output));
    }
}
