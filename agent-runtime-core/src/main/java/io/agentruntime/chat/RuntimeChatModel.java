package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.resilience.ModelFallback.RouteFailure;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;

/**
 * A LangChain4j model, made fit for production: throttled, bounded in time, tried again, replaced by others where it fails, and
 * accounted for.
 *
 * <pre>{@code
 * ChatModel model = runtime.chatModel(OpenAiChatModel.builder()....maxRetries(0).build())
 *         .timeout(Duration.ofSeconds(60))
 *         .fallback("second", anotherModel)
 *         .build();
 * }</pre>
 *
 * <p>A call has one deadline and one account. Each of its attempts asks the models in their order, each model within its throttle, until
 * one answers. To listeners of a wrapped model an attempt is a call like any other, with the attributes of the caller. Every model
 * gets the caller's own request, and adds its own defaults to it.
 *
 * <p>{@link #chat(ChatRequest)} blocks the calling thread, and interrupting that ends the call. {@link #chatAsync(ChatRequest)} makes each
 * attempt as a task of a workload, and holds no thread between two of them.
 *
 * <p>A wrapped model that repeats requests by itself would multiply the attempts: such models are noticed if they use a {@link
 * ModelHttpTransport}, and logged. Build them with {@code maxRetries(0)}. Thread-safe, if the models are.
 */
public final class RuntimeChatModel implements ChatModel {

    private final CallPolicy<ChatModel> policy;
    private final ChatModel primary;

    private RuntimeChatModel(CallPolicy<ChatModel> policy) {
        this.policy = policy;
        this.primary = policy.primary();
    }

    /**
     * Begins to decorate a model.
     *
     * @param model the model that is asked first, named {@code primary}
     * @param executor where attempts of asynchronous calls run
     * @param timer what waits between attempts and ends those that take too long; a {@link WorkloadExecutor} is one
     * @return a builder with the defaults
     */
    public static Builder builder(ChatModel model, WorkloadExecutor executor, ScheduledExecutorService timer) {
        return new Builder(model, executor, timer);
    }

    @Override
    public ChatResponse chat(ChatRequest request) {
        return chat(request, ChatRequestOptions.EMPTY);
    }

    /**
     * Asks the model, and waits for its answer.
     *
     * @param request what to ask
     * @param options attributes for the listeners of the wrapped models
     * @return the answer
     * @throws RuntimeException what the models failed with, unchanged, and LangChain4j's {@code TimeoutException} if the time was up; a
     *     {@link CancellationException}, with the thread's interrupt restored, if the thread was interrupted while it waited for its turn
     */
    @Override
    public ChatResponse chat(ChatRequest request, ChatRequestOptions options) {
        return answer(request, options).response();
    }

    /** Asks, like {@link #chat(ChatRequest)}. */
    @Override
    public ChatResponse doChat(ChatRequest request) {
        return chat(request, ChatRequestOptions.EMPTY);
    }

    /**
     * Asks the model like {@link #chat(ChatRequest, ChatRequestOptions)}, and tells how the answer came about.
     *
     * @param request what to ask
     * @param options attributes for the listeners of the wrapped models
     * @return the answer, who gave it, and who did not
     */
    public Answer answer(ChatRequest request, ChatRequestOptions options) {
        BlockingChat call = open(request, options);
        try {
            return call.completed(policy.retry().call(call::attempt, call.deadline()));
        } catch (RuntimeException | Error failure) {
            call.failed(failure);
            throw failure;
        } catch (Exception interrupted) { // what waits throws nothing else
            call.failed(interrupted);
            CancellationException cancelled = new CancellationException("the call was interrupted while it waited");
            cancelled.initCause(interrupted);
            throw cancelled;
        }
    }

    private BlockingChat open(ChatRequest request, ChatRequestOptions options) {
        return new BlockingChat(policy, requireNonNull(request, "request"), requireNonNull(options, "options"));
    }

    /**
     * Asks the model without waiting.
     *
     * @param request what to ask
     * @return the answer to come; cancelling it ends the call
     */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request) {
        return chatAsync(request, ChatRequestOptions.EMPTY);
    }

    /**
     * Asks the model without waiting. Each attempt is a task of the workload; between two of them no thread is held.
     *
     * @param request what to ask
     * @param options attributes for the listeners of the wrapped models
     * @return the answer to come, or what the models failed with, unchanged; cancelling it ends the call
     */
    public CompletableFuture<ChatResponse> chatAsync(ChatRequest request, ChatRequestOptions options) {
        BlockingChat call = open(request, options);
        CompletableFuture<Answer> answer = policy.retry()
                .callAsync(() -> policy.executor().submit(call::attempt, call.deadline()), call.deadline());
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        CompletableFuture<Answer> unused = answer.whenComplete((given, failure) -> {
            if (failure == null) {
                response.complete(call.completed(given).response());
            } else {
                call.failed(failure);
                response.completeExceptionally(failure);
            }
        });
        // does nothing but where the response was cancelled
        CompletableFuture<ChatResponse> unusedToo = response.whenComplete((given, failure) -> answer.cancel(true));
        return response;
    }

    /**
     * Asks, like {@link #chatAsync(ChatRequest)}.
     *
     * @param request what to ask
     * @return the answer to come; cancelling it ends the call
     */
    public CompletableFuture<ChatResponse> doChatAsync(ChatRequest request) {
        return chatAsync(request, ChatRequestOptions.EMPTY);
    }

    /**
     * Tells how many attempts sent more than one request, because a wrapped model repeats them by itself.
     *
     * @return the number so far
     */
    public long selfRetries() {
        return policy.selfRetries().count();
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
        return primary.defaultRequestParameters();
    }

    /** Has none of its own: those of the wrapped models are told by these. */
    @Override
    public List<ChatModelListener> listeners() {
        return List.of();
    }

    @Override
    public ModelProvider provider() {
        return primary.provider();
    }

    @Override
    public Set<Capability> supportedCapabilities() {
        return primary.supportedCapabilities();
    }

    /** Describes a decorated model. Not thread-safe. */
    public static final class Builder extends CallBuilder<ChatModel, Builder> {

        private Builder(ChatModel model, WorkloadExecutor executor, ScheduledExecutorService timer) {
            super(model, executor, timer);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Makes the model.
         *
         * @return the decorated model
         * @throws IllegalArgumentException if two models have the same name, or a throttle is for one that there is not
         */
        public RuntimeChatModel build() {
            return new RuntimeChatModel(policy());
        }
    }

    /**
     * An answer, and how it came about. Immutable and thread-safe.
     *
     * @param response the answer
     * @param route the name of the model that gave it, as the builder was told
     * @param attempts how often models were asked in all
     * @param failures the models that were tried before in the last attempt, in order, and why they did not answer
     */
    public record Answer(ChatResponse response, String route, int attempts, List<RouteFailure> failures) {

        /** Keeps its own copy of the list. */
        public Answer {
            failures = List.copyOf(failures);
        }
    }
}
