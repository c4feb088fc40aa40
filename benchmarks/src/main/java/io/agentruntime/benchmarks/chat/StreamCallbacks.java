package io.agentruntime.benchmarks.chat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.jdk.JdkHttpClient;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.agentruntime.AgentRuntime;
import io.agentruntime.benchmarks.harness.Effort;
import io.agentruntime.benchmarks.harness.Figure;
import io.agentruntime.benchmarks.harness.Goal;
import io.agentruntime.benchmarks.harness.Pause;
import io.agentruntime.benchmarks.harness.Percentiles;
import io.agentruntime.benchmarks.harness.Target;
import io.agentruntime.benchmarks.harness.WholeRun;
import io.agentruntime.benchmarks.harness.WholeRunGoal;
import io.agentruntime.testkit.provider.ProviderReply;
import io.agentruntime.testkit.provider.ProviderServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@value #STREAMS} streams at once whose callbacks block for {@value #BLOCK_MILLIS} ms for each of their three tokens: when the first
 * token of a stream arrives, and how long an unrelated task of the JVM's common pool waits meanwhile; through this library's transport
 * and decorators, and through LangChain4j's own client.
 */
public final class StreamCallbacks implements WholeRun {

    static final int STREAMS = 24;
    static final int BLOCK_MILLIS = 300;
    private static final double NANOS_PER_MILLI = 1e6;

    StreamCallbacks() {}

    public static Goal goal() {
        return new WholeRunGoal(
                "stream-callbacks",
                "24 streams whose callbacks block for 300 ms, beside LangChain4j's own client",
                Target.of(
                        Figure.atMost(100, "ms first token p50"),
                        Figure.atMost(50, "ms delay of an unrelated future"),
                        Figure.shown("ms first token p50 LangChain4j"),
                        Figure.shown("ms delay LangChain4j")),
                StreamCallbacks.class,
                List.of("-XX:ActiveProcessorCount=4")); // with less than 3 the JDK has no common pool to block
    }

    @Override
    public List<Double> run(Effort effort) throws IOException {
        try (ProviderServer server = ProviderServer.start(
                        request -> ProviderReply.of("one ", "two ", "three").usage(12, 3));
                AgentRuntime runtime = AgentRuntime.builder().build().start()) {
            StreamingChatModel ours = runtime.streamingChatModel(
                            model(server, runtime.transport().clientBuilder()))
                    .build();
            HttpClient.Builder plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
            StreamingChatModel theirs = model(server, JdkHttpClient.builder().httpClientBuilder(plain));
            List<Double> figures = new ArrayList<>(measure(ours));
            figures.addAll(measure(theirs));
            return figures;
        }
    }

    private static StreamingChatModel model(ProviderServer server, HttpClientBuilder http) {
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(http)
                .baseUrl(server.openAiUrl())
                .apiKey("any")
                .modelName("any")
                .build();
    }

    /** One stream to warm up, then all of them. */
    private static List<Double> measure(StreamingChatModel model) {
        Stream warm = new Stream();
        warm.begin(model);
        warm.end.join();
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Stream stream = new Stream();
            streams.add(stream);
            stream.begin(model);
        }
        long asked = System.nanoTime();
        double delay = CompletableFuture.supplyAsync(() -> (System.nanoTime() - asked) / NANOS_PER_MILLI)
                .join();
        streams.forEach(stream -> stream.end.join());
        double[] firsts = streams.stream()
                .mapToDouble(stream -> stream.first.join() / NANOS_PER_MILLI)
                .toArray();
        return List.of(Percentiles.of(firsts).at(50), delay);
    }

    private static final class Stream implements StreamingChatResponseHandler {

        private final CompletableFuture<Long> first = new CompletableFuture<>();
        private final CompletableFuture<ChatResponse> end = new CompletableFuture<>();
        private long begun;

        void begin(StreamingChatModel model) {
            begun = System.nanoTime();
            model.chat(ChatRequest.builder().messages(UserMessage.from("hi")).build(), this);
        }

        @Override
        public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
            first.complete(System.nanoTime() - begun);
            Pause.micros(BLOCK_MILLIS * 1_000L);
        }

        @Override
        public void onCompleteResponse(ChatResponse response) {
            end.complete(response);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }
    }
}
