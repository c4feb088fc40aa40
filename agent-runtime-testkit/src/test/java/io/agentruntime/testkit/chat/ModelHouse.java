package io.agentruntime.testkit.chat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiChatModel;
import dev.langchain4j.model.googleai.GoogleAiGeminiStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.agentruntime.chat.ModelHttpTimeouts;
import io.agentruntime.chat.ModelHttpTransport;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.provider.ProviderProtocol;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderRequest;
import io.agentruntime.testkit.provider.ProviderServer;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageLedger;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/** LangChain4j's own clients on our transport, decorated, in front of a provider on this machine, and what was accounted for. */
final class ModelHouse implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(60);

    final WorkloadExecutor agent = WorkloadExecutor.create(new Workload("agent", 10, 10_000));
    final WorkloadExecutor io = WorkloadExecutor.create(new Workload("io", 20, 10_000));
    final WorkloadExecutor timer = WorkloadExecutor.create(new Workload("timer", 2, 100_000));
    final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    final ProviderServer server;
    final ModelHttpTransport transport;
    private final UsageLedger ledger = UsageLedger.create(events::add);
    private final ScheduledExecutorService waits;
    private final Ticker ticker;

    private ModelHouse(ProviderServer server, ScheduledExecutorService waits, Ticker ticker) {
        this.server = server;
        this.waits = waits == null ? timer : waits;
        this.ticker = ticker;
        this.transport = ModelHttpTransport.builder(io, timer).build();
    }

    /** In real time. */
    static ModelHouse open(Function<? super ProviderRequest, ProviderReply> answers) throws IOException {
        return new ModelHouse(ProviderServer.start(answers), null, Ticker.systemTicker());
    }

    /** With waits and deadlines that the test makes pass; the transport has real time. */
    static ModelHouse open(
            Function<? super ProviderRequest, ProviderReply> answers, ScheduledExecutorService waits, Ticker ticker)
            throws IOException {
        return new ModelHouse(ProviderServer.start(answers), waits, ticker);
    }

    UsageLedger ledger() {
        return ledger;
    }

    RuntimeChatModel.Builder decorate(ChatModel model) {
        return RuntimeChatModel.builder(model, agent, waits).ledger(ledger).ticker(ticker);
    }

    RuntimeStreamingChatModel.Builder decorate(StreamingChatModel model) {
        return RuntimeStreamingChatModel.builder(model, io, waits)
                .ledger(ledger)
                .ticker(ticker);
    }

    ChatModel client(ProviderProtocol protocol, String name) {
        HttpClientBuilder http = transport.clientBuilder();
        return switch (protocol) {
            case OPENAI ->
                OpenAiChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.openAiUrl())
                        .apiKey("any")
                        .modelName(name)
                        .maxRetries(0)
                        .build();
            case ANTHROPIC ->
                AnthropicChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.anthropicUrl())
                        .apiKey("any")
                        .modelName(name)
                        .maxRetries(0)
                        .build();
            case GEMINI ->
                GoogleAiGeminiChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.geminiUrl())
                        .apiKey("any")
                        .modelName(name)
                        .maxRetries(0)
                        .build();
        };
    }

    StreamingChatModel streamingClient(ProviderProtocol protocol, String name) {
        return streamingClient(protocol, name, ModelHttpTimeouts.DEFAULT);
    }

    StreamingChatModel streamingClient(ProviderProtocol protocol, String name, ModelHttpTimeouts timeouts) {
        HttpClientBuilder http = transport.clientBuilder(timeouts);
        return switch (protocol) {
            case OPENAI ->
                OpenAiStreamingChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.openAiUrl())
                        .apiKey("any")
                        .modelName(name)
                        .build();
            case ANTHROPIC ->
                AnthropicStreamingChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.anthropicUrl())
                        .apiKey("any")
                        .modelName(name)
                        .build();
            case GEMINI ->
                GoogleAiGeminiStreamingChatModel.builder()
                        .httpClientBuilder(http)
                        .baseUrl(server.geminiUrl())
                        .apiKey("any")
                        .modelName(name)
                        .build();
        };
    }

    @Override
    public void close() throws Exception {
        agent.stop(Deadline.after(LIMIT));
        io.stop(Deadline.after(LIMIT));
        transport.close();
        timer.stop(Deadline.after(LIMIT));
        server.close();
    }
}
