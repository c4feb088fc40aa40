package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import io.agentruntime.usage.UsageCall;
import io.agentruntime.usage.UsageLedger;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls the model, until a stop or an answer that makes every further call useless, such as a refused key. Thread-safe;
 * the calls block: make them on the agent pool.
 */
final class ModelCalls {
    private final Model model;
    private final UsageLedger ofThisRun;
    private final Console console;
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
    String answer(ChatRequest request) {
        if (closed.get()) {
            throw new CallNotMadeException();
        }
        try {
            String text = accounted(model.chat().get(), request).aiMessage().text();
            answered = true;
            return text == null ? "" : text;
        } catch (RuntimeException e) {
            throw failure(ModelException.of(model.asked(), e));
        }
    }

    /** However often and whomever the runtime has to ask, this is one call. */
    private ChatResponse accounted(ChatModel chat, ChatRequest request) {
        UsageCall call = ofThisRun.open(chat.provider(), model.name(), request);
        call.attempt();
        try {
            ChatResponse response = chat.chat(request);
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

    /** Makes no new call from now on; those under way go on. */
    void close() {
        closed.set(true);
    }
}
