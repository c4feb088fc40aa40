package io.agentruntime.chat;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFailure;
import io.agentruntime.resilience.ModelFallback.Plan;
import io.agentruntime.resilience.ModelFallback.Route;
import io.agentruntime.resilience.ModelThrottle;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageCall;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One call of a {@link RuntimeChatModel}: its attempts, which block the thread that makes them, and its account. */
final class BlockingChat {

    private final CallPolicy<ChatModel> policy;
    private final ChatRequest request;
    private final ChatRequestOptions options;
    private final @Nullable UsageContext owner = UsageContext.current().orElse(null);
    private final Deadline deadline;
    private final UsageCall account;
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile ModelThrottle.@Nullable Permit permit; // of the last attempt

    BlockingChat(CallPolicy<ChatModel> policy, ChatRequest request, ChatRequestOptions options) {
        ChatModel primary = policy.primary();
        this.policy = policy;
        this.request = request;
        this.deadline = policy.deadline();
        this.account = policy.ledger()
                .open(primary.provider(), Names.requested(request, primary.defaultRequestParameters()), request);
        this.options = policy.options(options, account);
    }

    Deadline deadline() {
        return deadline;
    }

    /** Makes one attempt, on the calling thread, with as many models as it takes. */
    RuntimeChatModel.Answer attempt() throws InterruptedException {
        Plan<ChatModel> plan = policy.fallback().begin(owner);
        try {
            while (true) {
                try {
                    ChatResponse response = ask(plan.route());
                    plan.succeeded();
                    return new RuntimeChatModel.Answer(response, plan.route().name(), attempts.get(), plan.failures());
                } catch (RuntimeException | Error failure) {
                    if (plan.failed(failure).isEmpty()) {
                        throw unchecked(plan.failure());
                    }
                }
            }
        } finally {
            plan.ended();
        }
    }

    /** A model throws nothing else; an error is thrown here. */
    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }

    private ChatResponse ask(Route<ChatModel> route) throws InterruptedException {
        ModelThrottle throttle = policy.throttle(route.name());
        if (throttle == null) {
            return send(route, policy.wire(route.name()));
        }
        try (ModelThrottle.Permit admitted = throttle.acquire(CallPolicy.tokens(account, request), deadline)) {
            permit = admitted;
            return send(route, policy.wire(route.name()));
        }
    }

    private ChatResponse send(Route<ChatModel> route, WireCall wire) {
        ChatModel model = route.model();
        attempts.incrementAndGet();
        Makeshift.note(options, model != policy.primary());
        account.answeredBy(model.provider(), Names.requested(request, model.defaultRequestParameters()));
        account.attempt();
        DeadlineWatch watch = DeadlineWatch.begin(wire, deadline, policy.timer());
        try (watch;
                WireCall.Binding bound = wire.bind()) {
            return model.chat(request, options);
        } catch (RuntimeException | Error failure) {
            if (watch.fired()) {
                throw new TimeoutException("no answer within " + policy.timeout(), failure);
            }
            throw failure;
        } finally {
            policy.selfRetries().check(route.name(), wire);
        }
    }

    RuntimeChatModel.Answer completed(RuntimeChatModel.Answer answer) {
        complete(account, answer.response());
        settle();
        return answer;
    }

    /** Books the end of a call with an answer: it may be that of a model with a cache around it, which asked nobody. */
    static void complete(UsageCall account, ChatResponse answer) {
        boolean unused = ChatResponseCache.isCached(answer)
                ? account.cached(
                        answer.modelName(), ChatResponseCache.saved(answer).orElse(TokenCounts.ZERO))
                : account.completed(answer);
    }

    /** Books the end of a call without an answer. */
    void failed(Throwable failure) {
        if (isTimeout(failure)) {
            account.timedOut();
        } else if (ModelFailure.of(failure, InstantSource.system()).kind() == FailureKind.CANCELLED) {
            account.cancelled();
        } else {
            account.failed(failure);
        }
        settle();
    }

    static boolean isTimeout(Throwable failure) {
        return failure instanceof TimeoutException || failure instanceof java.util.concurrent.TimeoutException;
    }

    private void settle() {
        ModelThrottle.Permit last = permit;
        if (last != null) {
            account.event().ifPresent(event -> last.settle(event.spent().total()));
        }
    }
}
