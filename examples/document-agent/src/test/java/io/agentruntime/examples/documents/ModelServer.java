package io.agentruntime.examples.documents;

import io.agentruntime.testkit.OpenAiReply;
import io.agentruntime.testkit.OpenAiRequest;
import io.agentruntime.usage.TokenCounts;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Answers the prompts of the application, each call with token counts of its own, and adds them up per task. */
final class ModelServer implements Function<OpenAiRequest, OpenAiReply> {
    private static final Map<String, String> ANSWERS = Map.of(
            "summary", "{\"text\": \"It is short.\", \"keyPoints\": [\"One point.\"]}",
            "faqs", "{\"faqs\": [{\"question\": \"What is it?\", \"answer\": \"A text.\"}]}",
            "questions", "{\"questions\": [\"What comes next?\"]}",
            "answer", "{\"text\": \"They sleep on their backs.\", \"sources\": [\"nowhere.md\"]}");

    private final AtomicInteger calls = new AtomicInteger();
    private final Map<String, TokenCounts> reported = new ConcurrentHashMap<>();

    @Override
    public OpenAiReply apply(OpenAiRequest request) {
        String task = task(request);
        int call = calls.incrementAndGet();
        OpenAiReply reply = new OpenAiReply(ANSWERS.get(task), 1_000 + call, 100 + call, 10 + call % 7);
        TokenCounts counts = new TokenCounts(
                reply.promptTokens(),
                reply.completionTokens(),
                reply.cachedTokens(),
                reply.promptTokens() + reply.completionTokens());
        reported.merge(task, counts, TokenCounts::plus);
        return reply;
    }

    static String task(OpenAiRequest request) {
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
