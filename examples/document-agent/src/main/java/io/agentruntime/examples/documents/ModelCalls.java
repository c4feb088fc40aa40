package io.agentruntime.examples.documents;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.chat.ModelStream;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.usage.UsageCall;
import io.agentruntime.usage.UsageLedger;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Calls the model, until a stop or an answer that makes every further call useless, such as a refused key. Thread-safe;
 * the calls block: make them on the agent pool.
 */
final class ModelCalls {
    private final Model model;
    private final UsageLedger ofThisRun;
    private final Console console;
    private final Set<ModelStream> streams = ConcurrentHashMap.newKeySet();

    /** Counts also the streams that show something before their model has given them back, and cannot be cancelled yet. */
    private final AtomicInteger streaming = new AtomicInteger();

    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean answered;

    /**
     * Makes the calls of one run.
     *
     * @param ofThisRun the account of this run; the runtime keeps that of all runs itself
     */
    ModelCalls(Model model, UsageLedger ofThisRun, Console console) {
        this.model = model;
        this.ofThisRun = ofThisRun;
        this.console = console;
    }

    /**
     * Asks the model.
     *
     * @throws CallNotMadeException if no call is to be made any more
     * @throws ModelException if the model gave no answer
     */
    AiMessage answer(ChatRequest request) {
        return made(request, call -> model.chat().get().chat(request));
    }

    /**
     * Asks the model, and shows its answer as it comes, on the io pool; a model that gives it at once shows nothing.
     *
     * @throws CallNotMadeException if no call is to be made any more
     * @throws ModelException if the model gave no answer, or not all of it
     * @throws CancellationException if the calls were closed meanwhile
     */
    AiMessage stream(ChatRequest request, Consumer<String> show) {
        Supplier<RuntimeStreamingChatModel> streamingModel = model.streaming();
        if (streamingModel == null) {
            return answer(request);
        }
        streaming.incrementAndGet();
        try {
            return made(request, call -> join(streamingModel.get().stream(request, new StreamShow(call, show))));
        } finally {
            streaming.decrementAndGet();
        }
    }

    private ChatResponse join(ModelStream stream) {
        streams.add(stream);
        if (closed.get()) {
            stream.cancel();
        }
        try {
            return stream.completion().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        } finally {
            streams.remove(stream);
        }
    }

    private AiMessage made(ChatRequest request, Function<UsageCall, ChatResponse> way) {
        if (closed.get()) {
            throw new CallNotMadeException();
        }
        try {
            ChatResponse response = accounted(request, way);
            answered = true;
            return whole(response);
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            throw failure(ModelException.of(model.asked(), e));
        }
    }

    /** However often and whomever the runtime has to ask, this is one call. */
    private ChatResponse accounted(ChatRequest request, Function<UsageCall, ChatResponse> way) {
        UsageCall call = ofThisRun.open(model.chat().get().provider(), model.name(), request);
        call.attempt();
        try {
            ChatResponse response = way.apply(call);
            call.completed(response);
            return response;
        } catch (CancellationException e) {
            call.cancelled();
            throw e;
        } catch (RuntimeException e) {
            call.failed(e);
            throw e;
        }
    }

    /** A part of an answer must not be taken, and kept, for all of it. */
    private static AiMessage whole(ChatResponse response) {
        FinishReason reason = response.finishReason();
        boolean brokenOff = reason == null && response.tokenUsage() == null;
        if (brokenOff || reason == FinishReason.LENGTH || reason == FinishReason.CONTENT_FILTER) {
            throw new IllegalStateException("its answer is not whole");
        }
        return response.aiMessage();
    }

    private RuntimeException failure(ModelException failure) {
        boolean useless = failure.lasting() || (failure.unreachable() && !answered);
        if (!useless) {
            return failure;
        }
        if (closed.compareAndSet(false, true)) {
            console.problem(failure.getMessage() + "; no further call is made");
        }
        return new CallNotMadeException();
    }

    /** Whether an answer is coming in pieces just now. */
    boolean streaming() {
        return streaming.get() > 0;
    }

    /** Makes no new call from now on. */
    void refuse() {
        closed.set(true);
    }

    /** Makes no new call from now on. Streams are cancelled: what has come of them is shown already; other calls go on. */
    void close() {
        refuse();
        streams.forEach(ModelStream::cancel);
    }
}
