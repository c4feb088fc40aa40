package io.agentruntime.examples.documents;

import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderUsage;
import io.agentruntime.usage.TokenCounts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Answers the prompts of the application, each call with token counts of its own, and adds them up per task. */
final class ModelServer implements Function<ProviderRequest, ProviderReply> {
    private static final Map<String, String> ANSWERS = Map.of(
            "summary", "{\"text\": \"It is short.\", \"keyPoints\": [\"One point.\"]}",
            "faqs", "{\"faqs\": [{\"question\": \"What is it?\", \"answer\": \"A text.\"}]}",
            "questions", "{\"questions\": [\"What comes next?\"]}",
            "answer", "They sleep on their backs.\nSources: [\"nowhere.md\"]");

    private final AtomicInteger calls = new AtomicInteger();
    private final Map<String, TokenCounts> reported = new ConcurrentHashMap<>();

    @Override
    public ProviderReply apply(ProviderRequest request) {
        String task = task(request);
        int call = calls.incrementAndGet();
        ProviderUsage usage = ProviderUsage.of(1_000 + call, 100 + call).withCache(10 + call % 7, 0);
        reported.merge(task, counts(usage), TokenCounts::plus);
        return ProviderReply.of(ANSWERS.get(task)).usage(usage);
    }

    /** What the library makes of the usage that the server reports. */
    static TokenCounts counts(ProviderUsage usage) {
        return new TokenCounts(
                usage.input(), usage.output(), usage.cacheRead(), usage.cacheWrite(), usage.reasoning(), usage.total());
    }

    static String task(ProviderRequest request) {
        return request.messages()
                .get(0)
                .content()
                .lines()
                .findFirst()
                .orElse("")
                .replace("Task: ", "");
    }

    int calls() {
        return calls.get();
    }

    /** What was reported for a task, and forgets it. */
    TokenCounts take(String task) {
        TokenCounts counts = reported.remove(task);
        return counts == null ? TokenCounts.ZERO : counts;
    }
}
