package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls the model, until a stop or an answer that makes every further call useless, such as a refused key. Thread-safe;
 * the calls block: make them on the agent pool.
 */
final class ModelCalls {
    private final Model model;
    private final Console console;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean answered;

    ModelCalls(Model model, Console console) {
        this.model = model;
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
            String text = model.chat().get().chat(request).aiMessage().text();
            answered = true;
            return text == null ? "" : text;
        } catch (RuntimeException e) {
            throw failure(ModelException.of(model.name(), e));
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
