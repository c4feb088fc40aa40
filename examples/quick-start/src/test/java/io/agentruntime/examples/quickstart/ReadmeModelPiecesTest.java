package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import io.agentruntime.AgentRuntime;
import io.agentruntime.AgentRuntimeConfig;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.chat.ChatResponseCache;
import io.agentruntime.chat.ModelStream;
import io.agentruntime.context.UsageContext;
import io.agentruntime.resilience.ToolRetry;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.provider.ProviderGate;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pieces of the README on models: the same statements, run against a provider on this machine. */
class ReadmeModelPiecesTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ProviderGate gate = new ProviderGate();
    private AgentRuntime runtime;
    private ProviderServer server;

    @BeforeEach
    void start() throws IOException {
        server = ProviderServer.start(this::answer);
        runtime = AgentRuntime.builder()
                .config(AgentRuntimeConfig.create())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        runtime.close();
        server.close();
    }

    private ProviderReply answer(ProviderRequest request) {
        if (request.model().equals("primary")) {
            return ProviderReply.error(503, "down");
        } else if (request.streaming()) {
            return ProviderReply.of("one ", "two").usage(5, 2).stallAfter(1, gate);
        } else if (request.prompt().contains("customer")) {
            return ProviderReply.of().toolCall("call-1", "findCustomer", "{}").usage(20, 4);
        }
        return ProviderReply.of("Hello " + request.prompt()).usage(9, 3);
    }

    private ChatModel openAi(String name) {
        return OpenAiChatModel.builder()
                .httpClientBuilder(runtime.transport().clientBuilder())
                .baseUrl(server.openAiUrl())
                .apiKey("any")
                .modelName(name)
                .maxRetries(0)
                .build();
    }

    @Test
    void readme_itsPieces_areThoseOfThisTest() throws IOException {
        ReadmePieces.assertIn(ReadmeModelPiecesTest.class, "Models in four pieces", 4);
    }

    @Test
    void retryAndFallback() throws Exception {
        ChatModel primary = openAi("primary");
        ChatModel second = openAi("second");
        ChatModel model = runtime.chatModel(primary)
                .timeout(Duration.ofSeconds(60))
                .fallback("second", second)
                .build();
        String answer = model.chat("Say hello.");
        assertThat(answer).isEqualTo("Hello Say hello.");
        runtime.usageQueue().flush(LIMIT);
        assertThat(runtime.usageStore().totals())
                .extracting(total -> total.tokens().total())
                .containsExactly(12L);
    }

    @Test
    void streamWithCancel() throws Exception {
        String url = server.openAiUrl();
        String key = "any";
        ChatRequest request =
                ChatRequest.builder().messages(UserMessage.from("hi")).build();
        StreamingChatResponseHandler handler = new StreamingChatResponseHandler() {
            @Override
            public void onCompleteResponse(ChatResponse response) {
                throw new AssertionError("a cancelled stream says nothing");
            }

            @Override
            public void onError(Throwable failure) {
                throw new AssertionError("a cancelled stream says nothing", failure);
            }
        };
        StreamingChatModel client = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(runtime.transport().clientBuilder())
                .baseUrl(url)
                .apiKey(key)
                .modelName("gpt-4o-mini")
                .build();
        ModelStream stream = runtime.streamingChatModel(client).build().stream(request, handler);
        stream.cancel();
        assertThat(stream.completion()).isCompletedExceptionally();
        runtime.usageQueue().flush(LIMIT);
        assertThat(runtime.usageStore().totals()).extracting(UsageTotal::calls).containsExactly(1L);
        gate.open();
    }

    @Test
    void answersGivenAgain() throws Exception {
        BlobStore blobs = BlobStore.inMemory();
        ChatModel primary = openAi("second");
        ChatResponseCache cache = runtime.chatResponseCache()
                .timeToLive(Duration.ofHours(12))
                .tiers(tiers -> tiers.tier(CacheTier.on(blobs, "answers")))
                .build();
        ChatModel cached =
                cache.chatModel("gpt-4o-mini", runtime.chatModel(primary).build());
        try (var scope = UsageContext.of("acme", "greetings").open()) {
            assertThat(cached.chat("Say hello.")).isEqualTo("Hello Say hello.");
            assertThat(cached.chat("Say hello.")).isEqualTo("Hello Say hello.");
        }
        assertThat(server.requests()).hasSize(1);
        runtime.usageQueue().flush(LIMIT);
        UsageTotal total = runtime.usageStore().totals().get(0);
        assertThat(List.of(
                        total.calls(),
                        total.tokens().total(),
                        total.cached(),
                        total.saved().total()))
                .containsExactly(1L, 12L, 1L, 12L);
    }

    interface Assistant {
        String chat(String question);
    }

    static final class CustomerTools {

        @Tool("Finds a customer.")
        String findCustomer() {
            return "Ada";
        }
    }

    @Test
    void tools() {
        ChatModel model = runtime.chatModel(openAi("second")).build();
        ToolRetry tools = runtime.toolRetry()
                .idempotent("findCustomer")
                .timeout(Duration.ofSeconds(10))
                .build();
        Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(model)
                .tools(tools.wrapTools(new CustomerTools()))
                .build();
        assertThat(assistant.chat("Who is the customer?")).isEqualTo("Hello Ada");
    }
}
