package io.agentruntime.examples.quickstart;

import dev.langchain4j.model.openai.OpenAiChatModel;
import io.agentruntime.AgentRuntime;
import io.agentruntime.context.UsageContext;
import io.agentruntime.jdbc.DuckDbUsageStore;
import java.nio.file.Path;
import java.time.Duration;

class QuickStart {

    public static void main(String[] args) throws Exception {
        var usage = DuckDbUsageStore.open(Path.of("usage.duckdb"));
        try (var runtime = AgentRuntime.builder().usageStore(usage).build().start()) {
            var model = OpenAiChatModel.builder()
                    .baseUrl(System.getenv("OPENAI_BASE_URL"))
                    .apiKey(System.getenv("OPENAI_API_KEY"))
                    .modelName("gpt-4o-mini")
                    .listeners(runtime.tokenTracking())
                    .build();
            try (var scope = UsageContext.of("acme", "greetings").open()) {
                var answer = runtime.executors().agent().submit(() -> model.chat("Say hello."));
                System.out.println(answer.get());
            }
            runtime.usageQueue().flush(Duration.ofSeconds(5));
            usage.totals().forEach(System.out::println);
        }
    }
}
