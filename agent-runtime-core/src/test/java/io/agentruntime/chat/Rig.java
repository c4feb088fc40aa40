package io.agentruntime.chat;

import dev.langchain4j.http.client.HttpMethod;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A transport between a server and the models of a test, with time by hand. */
final class Rig implements AutoCloseable {

    final WireServer server;
    final WorkloadExecutor io;
    final ManualTimer timer = new ManualTimer();
    final ModelHttpTransport transport;

    private Rig(WireServer server, Workload workload, UnaryOperator<ModelHttpTransport.Builder> settings) {
        this.server = server;
        this.io = WorkloadExecutor.create(workload);
        this.transport = settings.apply(ModelHttpTransport.builder(io, timer).ticker(timer))
                .build();
    }

    static Rig of(WireServer.Script script) throws Exception {
        return of(new Workload("io", 4, 100), script);
    }

    static Rig of(Workload workload, WireServer.Script script) throws Exception {
        return new Rig(WireServer.of(script), workload, builder -> builder);
    }

    static Rig with(UnaryOperator<ModelHttpTransport.Builder> settings, WireServer.Script script) throws Exception {
        return new Rig(WireServer.of(script), new Workload("io", 4, 100), settings);
    }

    /** Begins a stream without a model. */
    void stream(ServerSentEventListener listener) {
        transport.clientBuilder().build().execute(request(), listener);
    }

    HttpRequest request() {
        return request("{}");
    }

    HttpRequest request(String body) {
        return HttpRequest.builder()
                .method(HttpMethod.POST)
                .url(server.url() + "/chat?key=secret")
                .addHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    OpenAiStreamingChatModel streamingModel() {
        return OpenAiStreamingChatModel.builder()
                .httpClientBuilder(transport.clientBuilder())
                .baseUrl(server.url())
                .apiKey("key")
                .modelName("m")
                .build();
    }

    OpenAiChatModel model() {
        return OpenAiChatModel.builder()
                .httpClientBuilder(transport.clientBuilder())
                .baseUrl(server.url())
                .apiKey("key")
                .modelName("m")
                .maxRetries(0)
                .build();
    }

    @Override
    public void close() throws Exception {
        transport.close();
        io.stop(Deadline.after(Duration.ofSeconds(5)));
        timer.shutdownNow();
        server.close();
    }
}
