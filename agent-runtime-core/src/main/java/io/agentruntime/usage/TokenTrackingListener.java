package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.UsageEvent.Call;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every call of the LangChain4j models that it listens to into one {@link UsageEvent}.
 *
 * <p>It has two modes. Made with {@link #create}, one listener serves all organisations: a call belongs to the {@link
 * UsageContext} that was open when it was made, also when the answer comes on another thread. Made with {@link #createFor}, all
 * calls belong to one owner.
 *
 * <p>A call is recorded once, by the first response or error that LangChain4j reports for it; one for which it reports neither is
 * not recorded. Recording never fails the call: what goes wrong is logged and counted. Thread-safe; keeps nothing about an
 * organisation.
 */
public final class TokenTrackingListener implements ChatModelListener {

    private static final Logger log = LoggerFactory.getLogger(TokenTrackingListener.class);
    private static final String UNKNOWN = "unknown";

    /** A call under way, kept in the attributes that LangChain4j hands from one callback to the next. */
    private record Open(@Nullable UsageContext owner, AtomicBoolean recorded) {}

    private final @Nullable UsageContext fixedOwner;
    private final Consumer<? super UsageEvent> receiver;
    private final InstantSource clock;
    private final LongAdder unattributed = new LongAdder();
    private final LongAdder failures = new LongAdder();

    private TokenTrackingListener(
            @Nullable UsageContext fixedOwner, Consumer<? super UsageEvent> receiver, InstantSource clock) {
        this.fixedOwner = fixedOwner;
        this.receiver = requireNonNull(receiver, "receiver");
        this.clock = requireNonNull(clock, "clock");
    }

    /**
     * Makes a listener that finds the owner of a call in the context of the code that makes it. A call without a context is
     * recorded as {@link UsageEvent#UNATTRIBUTED}, and counted.
     *
     * @param receiver gets each event, on the thread that LangChain4j reports it on; must not block
     * @return the listener
     */
    public static TokenTrackingListener create(Consumer<? super UsageEvent> receiver) {
        return new TokenTrackingListener(null, receiver, InstantSource.system());
    }

    /**
     * Makes a listener for the calls of one owner.
     *
     * @param owner whose calls they are
     * @param receiver gets each event, on the thread that LangChain4j reports it on; must not block
     * @return the listener
     */
    public static TokenTrackingListener createFor(UsageContext owner, Consumer<? super UsageEvent> receiver) {
        return new TokenTrackingListener(requireNonNull(owner, "owner"), receiver, InstantSource.system());
    }

    /**
     * Takes the time of the events from another clock than the system's.
     *
     * @param newClock where the time comes from
     * @return a listener with the same owner and receiver, and counters of its own
     */
    public TokenTrackingListener withClock(InstantSource newClock) {
        return new TokenTrackingListener(fixedOwner, receiver, newClock);
    }

    @Override
    public void onRequest(ChatModelRequestContext context) {
        UsageContext owner = fixedOwner == null ? UsageContext.current().orElse(null) : fixedOwner;
        context.attributes().put(this, new Open(owner, new AtomicBoolean()));
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        record(context.attributes(), () -> {
            ChatResponse response = context.chatResponse();
            String model = modelName(response.metadata().modelName(), context.chatRequest());
            String provider = providerName(context.modelProvider());
            TokenUsage usage = response.metadata().tokenUsage();
            return usage == null
                    ? new Call(provider, model, TokenCounts.ZERO, UsageQuality.MISSING, CallOutcome.COMPLETED)
                    : new Call(
                            provider,
                            model,
                            TokenUsageReader.read(usage),
                            UsageQuality.REPORTED,
                            CallOutcome.COMPLETED);
        });
    }

    @Override
    public void onError(ChatModelErrorContext context) {
        record(
                context.attributes(),
                () -> new Call(
                        providerName(context.modelProvider()),
                        modelName(null, context.chatRequest()),
                        TokenCounts.ZERO,
                        UsageQuality.MISSING,
                        CallOutcome.FAILED));
    }

    private interface CallReader {
        Call read() throws ReflectiveOperationException;
    }

    private void record(Map<Object, Object> attributes, CallReader reader) {
        try {
            if (attributes.get(this) instanceof Open open && open.recorded.compareAndSet(false, true)) {
                if (open.owner == null) {
                    unattributed.increment();
                }
                receiver.accept(UsageEvent.of(open.owner, reader.read(), clock.instant()));
            }
        } catch (ReflectiveOperationException | RuntimeException e) { // tracking never fails the call
            failures.increment();
            log.warn("Failed to track token usage: {}", e.toString());
        }
    }

    private static String modelName(@Nullable String answered, ChatRequest request) {
        if (answered != null) {
            return answered;
        }
        String requested = request.parameters().modelName();
        return requested == null ? UNKNOWN : requested;
    }

    private static String providerName(@Nullable ModelProvider provider) {
        return provider == null ? UNKNOWN : provider.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Tells how many calls had no owner.
     *
     * @return the number of events recorded as {@link UsageEvent#UNATTRIBUTED}
     */
    public long unattributed() {
        return unattributed.sum();
    }

    /**
     * Tells how many calls could not be recorded.
     *
     * @return the number of failures, each of which is in the log
     */
    public long failures() {
        return failures.sum();
    }
}
