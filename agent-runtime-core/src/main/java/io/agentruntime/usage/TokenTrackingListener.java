package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.embedding.listener.EmbeddingModelListener;
import io.agentruntime.context.UsageContext;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns every call of the LangChain4j models that it listens to into one {@link UsageEvent}; for embedding models, put {@link
 * #embeddings()} on them.
 *
 * <p>It has two modes. Made with {@link #create}, one listener serves all organisations: a call belongs to the {@link
 * UsageContext} that was open when it was made, also when the answer comes on another thread, and to {@link UsageEvent#UNATTRIBUTED} if
 * none was. Made with {@link #createFor}, all calls belong to one owner.
 *
 * <p>A listener knows what LangChain4j tells it, which is less than what happens. Of a call, the first response or error counts: a
 * handler of a stream that throws is reported as the call's failure, and the answer that may follow is not counted. Of a stream
 * that is cancelled nothing is reported: such calls stay open until the ledger reaps them, see {@link UsageLedger#reapEvery}. A model that
 * repeats a failed request by itself is seen as one attempt.
 *
 * <p>A call that was opened in the same ledger by the code that makes it is left to that code: give the call to the model as an
 * attribute whose key is the ledger, {@code ChatRequestOptions.builder().addListenerAttribute(ledger, call)}.
 *
 * <p>Listening never fails the call. Thread-safe; keeps nothing about an organisation.
 */
public final class TokenTrackingListener implements ChatModelListener {

    private final @Nullable UsageContext fixedOwner;
    private final UsageLedger ledger;

    private TokenTrackingListener(@Nullable UsageContext fixedOwner, UsageLedger ledger) {
        this.fixedOwner = fixedOwner;
        this.ledger = requireNonNull(ledger, "ledger");
    }

    /**
     * Makes a listener that finds the owner of a call in the context of the code that makes it.
     *
     * @param ledger where the calls are opened and ended
     * @return the listener
     */
    public static TokenTrackingListener create(UsageLedger ledger) {
        return new TokenTrackingListener(null, ledger);
    }

    /**
     * Makes a listener that finds the owner of a call in the context of the code that makes it, with a ledger of its own.
     *
     * @param receiver gets each event, on the thread that LangChain4j reports it on; must not block
     * @return the listener
     */
    public static TokenTrackingListener create(Consumer<? super UsageEvent> receiver) {
        return create(UsageLedger.create(receiver));
    }

    /**
     * Makes a listener for the calls of one owner.
     *
     * @param owner whose calls they are
     * @param ledger where the calls are opened and ended
     * @return the listener
     */
    public static TokenTrackingListener createFor(UsageContext owner, UsageLedger ledger) {
        return new TokenTrackingListener(requireNonNull(owner, "owner"), ledger);
    }

    /**
     * Makes a listener for the calls of one owner, with a ledger of its own.
     *
     * @param owner whose calls they are
     * @param receiver gets each event, on the thread that LangChain4j reports it on; must not block
     * @return the listener
     */
    public static TokenTrackingListener createFor(UsageContext owner, Consumer<? super UsageEvent> receiver) {
        return createFor(owner, UsageLedger.create(receiver));
    }

    /**
     * Gives the listener to put on embedding models. LangChain4j may still change its interface.
     *
     * @return a listener with the same owner and ledger
     */
    public EmbeddingModelListener embeddings() {
        return new EmbeddingTracking(this);
    }

    /**
     * Gives the account that the calls stand in: its figures, and what ends calls of which nothing more is heard.
     *
     * @return the ledger that this listener was made with, or its own
     */
    public UsageLedger ledger() {
        return ledger;
    }

    @Override
    public void onRequest(ChatModelRequestContext context) {
        if (!context.attributes().containsKey(ledger)) {
            open(
                    context.attributes(),
                    () -> ledger.chat(owner(), context.modelProvider(), null, context.chatRequest()));
        }
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        UsageCall call = call(context.attributes());
        if (call != null) {
            end(call, context.modelProvider(), context.chatResponse());
        }
    }

    private static void end(UsageCall call, @Nullable ModelProvider provider, @Nullable ChatResponse response) {
        if (response != null && isCutOff(provider, response.metadata())) {
            call.truncated(response);
        } else {
            call.completed(response);
        }
    }

    /** LangChain4j makes an answer of a stream that broke off too; but it does not say why that ended, nor what it cost. */
    private static boolean isCutOff(@Nullable ModelProvider provider, ChatResponseMetadata metadata) {
        boolean hostMade = provider == null || provider == ModelProvider.OTHER; // such models often say neither
        return !hostMade && metadata.finishReason() == null && metadata.tokenUsage() == null;
    }

    @Override
    public void onError(ChatModelErrorContext context) {
        UsageCall call = call(context.attributes());
        if (call != null) {
            call.failed(context.error());
        }
    }

    @Nullable
    UsageContext owner() {
        return fixedOwner == null ? UsageContext.current().orElse(null) : fixedOwner;
    }

    /** Opens a call and keeps it with the attributes that LangChain4j hands from one callback to the next. */
    void open(Map<Object, Object> attributes, Supplier<Opening> opening) {
        if (attributes.containsKey(this)) {
            return; // put on the model twice
        }
        try {
            UsageCall call = ledger.open(opening.get());
            call.attempt();
            attributes.put(this, call);
        } catch (RuntimeException e) { // a request of a kind that we cannot read
            ledger.failed(e);
        }
    }

    @Nullable
    UsageCall call(Map<Object, Object> attributes) {
        return attributes.get(this) instanceof UsageCall call ? call : null;
    }
}
