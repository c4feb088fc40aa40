package io.agentruntime.chat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.resilience.ModelFallback.Plan;
import io.agentruntime.resilience.ModelFallback.Route;
import io.agentruntime.resilience.ModelThrottle;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One attempt of a stream: asks one model after another until one begins to answer, and then passes its answer on. */
final class StreamAttempt {

    private final StreamingChat call;
    private final AtomicReference<@Nullable Plan<StreamingChatModel>> plan; // taken out by whoever uses it
    private final Route<StreamingChatModel> first;
    private final CompletableFuture<StreamAttempt> beginning = new CompletableFuture<>();
    private volatile @Nullable StreamHandler answering; // the handler of the model that is asked now
    private volatile @Nullable CompletableFuture<ModelThrottle.Permit> admission;

    StreamAttempt(StreamingChat call, Plan<StreamingChatModel> plan) {
        this.call = call;
        this.plan = new AtomicReference<>(plan);
        this.first = plan.route();
    }

    /** Done when a model begins to answer, or none does. */
    CompletableFuture<StreamAttempt> beginning() {
        return beginning;
    }

    /** Asks the first model. */
    void ask() {
        ask(first);
    }

    private void ask(Route<StreamingChatModel> route) {
        ModelThrottle throttle = call.policy().throttle(route.name());
        if (throttle == null) {
            send(route, null);
            return;
        }
        CompletableFuture<ModelThrottle.Permit> waiting =
                throttle.acquireAsync(CallPolicy.tokens(call.account(), call.request()), call.deadline());
        admission = waiting;
        CompletableFuture<ModelThrottle.Permit> unused = waiting.whenComplete((permit, failure) -> {
            if (failure == null) {
                send(route, permit);
            } else {
                failed(
                        failure instanceof CompletionException wrapped && wrapped.getCause() != null
                                ? wrapped.getCause()
                                : failure);
            }
        });
    }

    private void send(Route<StreamingChatModel> route, ModelThrottle.@Nullable Permit permit) {
        StreamingChatModel model = route.model();
        StreamHandler handler = new StreamHandler(call, this, route.name(), permit);
        answering = handler;
        if (call.over()) {
            handler.end();
            return;
        }
        Makeshift.note(call.options(), model != call.policy().primary());
        call.account().answeredBy(model.provider(), Names.requested(call.request(), model.defaultRequestParameters()));
        call.account().attempt();
        try (WireCall.Binding bound = handler.wire().bind()) {
            model.chat(call.request(), call.options(), handler);
        } catch (RuntimeException | Error failure) {
            handler.onError(failure);
        }
    }

    /** The model begins to answer: from now on there is no other one. */
    void begins() {
        Plan<StreamingChatModel> mine = plan.getAndSet(null);
        if (mine != null) {
            mine.succeeded();
            beginning.complete(this);
        }
    }

    /** The model has failed before it began to answer. */
    void failed(Throwable failure) {
        Plan<StreamingChatModel> mine = plan.getAndSet(null);
        if (mine == null) {
            return; // ended meanwhile
        }
        Optional<Route<StreamingChatModel>> next = mine.failed(failure);
        if (next.isEmpty()) {
            beginning.completeExceptionally(mine.failure());
            return;
        }
        plan.set(mine);
        if (call.over()) {
            end();
        } else {
            ask(next.get());
        }
    }

    void completed(ChatResponse response) {
        begins();
        call.complete(response);
    }

    /** Ends whatever is still under way. */
    void end() {
        Plan<StreamingChatModel> mine = plan.getAndSet(null);
        if (mine != null) {
            mine.ended();
        }
        CompletableFuture<ModelThrottle.Permit> waiting = admission;
        if (waiting != null) {
            waiting.cancel(true);
        }
        StreamHandler handler = answering;
        if (handler != null) {
            handler.end();
        }
    }
}
