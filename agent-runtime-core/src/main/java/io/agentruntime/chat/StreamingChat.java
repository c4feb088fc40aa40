package io.agentruntime.chat;

import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.ChatRequestOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.FailureKind;
import io.agentruntime.resilience.ModelFailure;
import io.agentruntime.usage.UsageCall;
import java.time.InstantSource;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call of a {@link RuntimeStreamingChatModel}: its attempts until one begins to answer, that answer, and its account. */
final class StreamingChat implements ModelStream {

    /*
     * The retry and the fallback see an attempt up to its first sign of an answer: then it counts as a success, and the rest of the
     * stream is passed on as it comes. The call ends once, by whoever comes first: the answer, a failure, the deadline or cancel; only
     * that one tells the handler, the account and the completion.
     */
    private static final Logger log = LoggerFactory.getLogger(RuntimeStreamingChatModel.class);

    private final CallPolicy<StreamingChatModel> policy;
    private final ChatRequest request;
    private final ChatRequestOptions options;
    private final StreamingChatResponseHandler handler;
    private final ContextSnapshot caller = ContextSnapshot.capture();
    private final Deadline deadline;
    private final UsageCall account;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicInteger attempts = new AtomicInteger();
    private final CompletableFuture<ChatResponse> completion = new CompletableFuture<>();
    private volatile boolean cancelled;
    private volatile @Nullable StreamAttempt current;
    private volatile @Nullable CompletableFuture<StreamAttempt> beginning;
    private volatile @Nullable Future<?> alarm;

    StreamingChat(
            CallPolicy<StreamingChatModel> policy,
            ChatRequest request,
            ChatRequestOptions options,
            StreamingChatResponseHandler handler) {
        StreamingChatModel primary = policy.primary();
        this.policy = policy;
        this.request = request;
        this.handler = handler;
        this.deadline = policy.deadline();
        this.account = policy.ledger()
                .open(primary.provider(), Names.requested(request, primary.defaultRequestParameters()), request);
        this.options = policy.options(options, account);
    }

    void start() {
        alarm = policy.timer().schedule(this::timeIsUp, deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        CompletableFuture<StreamAttempt> answering = policy.retry().callAsync(this::attempt, deadline);
        beginning = answering;
        CompletableFuture<StreamAttempt> unused = answering.whenComplete((attempt, failure) -> {
            if (failure != null) {
                fail(failure);
            }
        });
        if (ended.get()) {
            tidyUp();
        }
    }

    /** Makes one attempt, with as many models as it takes until one begins to answer. */
    private CompletableFuture<StreamAttempt> attempt() {
        StreamAttempt attempt = new StreamAttempt(this, policy.fallback().begin(owner()));
        current = attempt;
        if (attempts.incrementAndGet() == 1) {
            attempt.ask();
        } else { // on the thread of the timer, which must not wait for a model
            askElsewhere(attempt);
        }
        return attempt.beginning();
    }

    private void askElsewhere(StreamAttempt attempt) {
        try {
            policy.executor().execute(attempt::ask);
        } catch (RejectedExecutionException full) {
            attempt.end();
            throw full;
        }
    }

    private @Nullable UsageContext owner() {
        return caller.context().orElse(null);
    }

    CallPolicy<StreamingChatModel> policy() {
        return policy;
    }

    ChatRequest request() {
        return request;
    }

    ChatRequestOptions options() {
        return options;
    }

    Deadline deadline() {
        return deadline;
    }

    UsageCall account() {
        return account;
    }

    boolean over() {
        return ended.get();
    }

    /** Passes something on to the handler, in the context of the caller; a handler that throws ends the call. */
    void tell(Consumer<StreamingChatResponseHandler> event) {
        if (!ended.get()) {
            try {
                caller.run(() -> event.accept(handler));
            } catch (RuntimeException | Error failure) {
                fail(failure);
            }
        }
    }

    void complete(ChatResponse response) {
        if (ended.compareAndSet(false, true)) {
            boolean whole = response.metadata().finishReason() != null
                    || response.metadata().tokenUsage() != null;
            if (whole) {
                BlockingChat.complete(account, response);
            } else {
                account.truncated(response);
            }
            tidyUp();
            try {
                caller.run(() -> handler.onCompleteResponse(response));
                completion.complete(response);
            } catch (RuntimeException | Error failure) {
                log.warn("the handler of a stream failed on its last call", failure);
                completion.completeExceptionally(failure);
            }
        }
    }

    void fail(Throwable failure) {
        if (ended.compareAndSet(false, true)) {
            book(failure);
            tidyUp();
            tellFailure(failure);
        }
    }

    private void book(Throwable failure) {
        if (BlockingChat.isTimeout(failure)) {
            account.timedOut();
        } else if (failure instanceof ModelTransportException cut && cut.isCutShort()) {
            account.truncated();
        } else if (ModelFailure.of(failure, InstantSource.system()).kind() == FailureKind.CANCELLED) {
            account.cancelled();
        } else {
            account.failed(failure);
        }
    }

    private void tellFailure(Throwable failure) {
        try {
            caller.run(() -> handler.onError(failure));
        } catch (RuntimeException | Error second) {
            log.warn("the handler of a stream failed on being told of a failure", second);
        } finally {
            completion.completeExceptionally(failure);
        }
    }

    private void timeIsUp() {
        if (ended.compareAndSet(false, true)) {
            account.timedOut();
            tidyUp();
            TimeoutException failure = new TimeoutException("the stream had not ended within " + policy.timeout());
            try {
                policy.executor().execute(() -> tellFailure(failure));
            } catch (RuntimeException full) { // then here: the end must be told
                tellFailure(failure);
            }
        }
    }

    @Override
    public void cancel() {
        if (ended.compareAndSet(false, true)) {
            cancelled = true;
            account.cancelled();
            tidyUp();
            completion.completeExceptionally(new CancellationException("the stream was cancelled"));
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public CompletableFuture<ChatResponse> completion() {
        return completion.copy();
    }

    /** Ends what may still be under way. */
    private void tidyUp() {
        Future<?> timeout = alarm;
        if (timeout != null) {
            timeout.cancel(false);
        }
        CompletableFuture<StreamAttempt> retrying = beginning;
        if (retrying != null) {
            retrying.cancel(true);
        }
        StreamAttempt attempt = current;
        if (attempt != null) {
            attempt.end();
        }
    }
}
