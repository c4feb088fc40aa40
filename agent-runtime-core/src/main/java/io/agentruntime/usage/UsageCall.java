package io.agentruntime.usage;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One model call under way. It ends once: the first of {@link #completed}, {@link #failed}, {@link #cancelled}, {@link #truncated}, {@link
 * #timedOut} and {@link #cached} records it as one {@link UsageEvent} and returns true; all later ones do nothing and return false.
 *
 * <p>A call that ends without the provider's own figures is charged with an estimate: its input from the request, its output from
 * the answer or from the text that was {@linkplain #saw seen} of it. It is charged with 0 tokens, of the quality {@link
 * UsageQuality#ESTIMATED}, if no text was seen and
 *
 * <ul>
 *   <li>it was never sent: {@link #attempt} was not called, and it did not complete;
 *   <li>it failed with an HTTP status, of whatever number, except 408 and 504, which something between here and the model may send
 *       while the model works;
 *   <li>it failed because the provider could not be reached: no route, no such host, connection refused or not made in time;
 *   <li>it failed with an error of LangChain4j's that means the same: rate limit, authentication, no such model, invalid request,
 *       filtered content, internal error of the provider, unsupported feature, disabled model.
 * </ul>
 *
 * <p>Thread-safe. No method throws, whatever goes wrong with the accounting; none blocks or takes long, as long as the receiver of
 * the ledger and its estimator do not.
 */
public final class UsageCall {

    private static final AtomicIntegerFieldUpdater<UsageCall> ATTEMPTS =
            AtomicIntegerFieldUpdater.newUpdater(UsageCall.class, "attempts");
    private static final AtomicLongFieldUpdater<UsageCall> SEEN =
            AtomicLongFieldUpdater.newUpdater(UsageCall.class, "seen");

    private final UsageLedger ledger;
    private final UUID id;
    private final Opening opening;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final long openedAt; // on the ledger's ticker, and so is the next one
    private volatile long lastSign;
    private volatile int attempts;
    private volatile long seen; // characters
    private volatile String provider;
    private volatile String model;
    private volatile @Nullable UsageEvent event;

    UsageCall(UsageLedger ledger, UUID id, Opening opening, long openedAt) {
        this.ledger = ledger;
        this.id = id;
        this.opening = opening;
        this.openedAt = openedAt;
        this.lastSign = openedAt;
        this.provider = opening.provider();
        this.model = opening.model();
    }

    /**
     * Names the call.
     *
     * @return its id, which is the id of its event
     */
    public UUID id() {
        return id;
    }

    /** Says that the request is about to be sent, for the first time or once more. */
    public void attempt() {
        ATTEMPTS.incrementAndGet(this);
        lastSign = ledger.now();
    }

    /**
     * Says which model the request goes to now, where that is not the one that the call was opened for. The last one named stands for
     * the one that answered, unless the answer itself names its model.
     *
     * @param answering its provider, or null if unknown
     * @param answeringModel its name, or null if unknown
     */
    public void answeredBy(@Nullable ModelProvider answering, @Nullable String answeringModel) {
        provider = UsageLedger.providerName(answering);
        model = UsageLedger.modelName(answeringModel);
    }

    /**
     * Estimates what the model has to read, for limits that count tokens before the provider does.
     *
     * @return the estimate of the input, 0 or more tokens
     */
    public long estimatedInput() {
        return ledger.estimates().input(opening);
    }

    /**
     * Says that the model has written something: text, thoughts, or a part of a call of a tool. Only its length is kept.
     *
     * @param partial what came in since the last time, or null for a sign of life without text
     */
    public void saw(@Nullable String partial) {
        if (partial != null) {
            SEEN.addAndGet(this, partial.length());
        }
        lastSign = ledger.now();
    }

    /**
     * Ends the call with an answer, whose own figures count, or an estimate if it has none.
     *
     * <p>Give it the answer of this one call. What LangChain4j's AI services give to {@code TokenStream.onCompleteResponse} and in {@code
     * Result} carries the sum over all calls of the conversation's turn, tool rounds included, and would count each of them again.
     *
     * @param response the answer, or null if there is none to look at
     * @return whether this ended the call
     */
    public boolean completed(@Nullable ChatResponse response) {
        return end(CallOutcome.COMPLETED, () -> charge(response));
    }

    /** Ends a call that is not a chat with an answer. */
    boolean completed(@Nullable String answeringModel, @Nullable TokenUsage usage) {
        return end(CallOutcome.COMPLETED, () -> {
            model = answeringModel == null ? model : answeringModel;
            return charge(usage, null);
        });
    }

    /**
     * Ends the call with an error. Whether it costs anything goes by the rule that this class states.
     *
     * @param failure what the call failed with
     * @return whether this ended the call
     */
    public boolean failed(Throwable failure) {
        return end(CallOutcome.FAILED, () -> seen == 0 && FreeFailures.contains(failure) ? Charge.FREE : guess());
    }

    /**
     * Ends the call because nobody wants its answer any more.
     *
     * @return whether this ended the call
     */
    public boolean cancelled() {
        return end(CallOutcome.CANCELLED, this::guess);
    }

    /**
     * Ends the call because its stream ended before the answer did.
     *
     * @return whether this ended the call
     */
    public boolean truncated() {
        return end(CallOutcome.TRUNCATED, this::guess);
    }

    /**
     * Ends the call because its stream ended before the answer did, and LangChain4j took what had come in for an answer.
     *
     * @param partial what had come in; its own figures count if it has any
     * @return whether this ended the call
     */
    public boolean truncated(ChatResponse partial) {
        return end(CallOutcome.TRUNCATED, () -> charge(partial));
    }

    /**
     * Ends the call because its answer did not come in time.
     *
     * @return whether this ended the call
     */
    public boolean timedOut() {
        return end(CallOutcome.TIMED_OUT, this::guess);
    }

    /**
     * Ends the call because an answer to an earlier one was given again, and no model was asked. What that one cost is recorded as saved.
     *
     * @param answeringModel the name of the model that answered the earlier one, or null to take that of the model that was to be asked
     * @param saved what the earlier one cost; {@link TokenCounts#ZERO} if its provider did not say, which is recorded as {@link
     *     UsageQuality#MISSING}
     * @return whether this ended the call
     */
    public boolean cached(@Nullable String answeringModel, TokenCounts saved) {
        return end(CallOutcome.CACHED, () -> {
            model = answeringModel == null ? model : answeringModel;
            UsageQuality quality = saved.equals(TokenCounts.ZERO) ? UsageQuality.MISSING : UsageQuality.REPORTED;
            return new Charge(saved, quality);
        });
    }

    /**
     * Gives what was recorded, such as to settle a limit by what the call has really cost.
     *
     * @return the event; empty as long as the call is under way, and if the accounting itself failed
     */
    public Optional<UsageEvent> event() {
        return Optional.ofNullable(event);
    }

    private boolean end(CallOutcome outcome, Supplier<Charge> charging) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        ledger.record(this, outcome, charging);
        return true;
    }

    private Charge charge(@Nullable ChatResponse response) {
        if (response == null) {
            return charge(null, null);
        }
        String answering = response.metadata().modelName();
        model = answering == null ? model : answering;
        return charge(response.metadata().tokenUsage(), response.aiMessage());
    }

    private Charge charge(@Nullable TokenUsage usage, @Nullable AiMessage answer) {
        TokenCounts reported = usage == null ? TokenCounts.ZERO : ledger.counts(usage);
        if (!reported.equals(TokenCounts.ZERO)) {
            return new Charge(reported, UsageQuality.REPORTED);
        }
        TokenEstimates estimates = ledger.estimates();
        return Charge.estimated(estimates.input(opening), estimates.output(answer, seen));
    }

    private Charge guess() {
        return attempts == 0 && seen == 0 ? Charge.FREE : charge(null, null);
    }

    /** Describes the call as it has ended, and keeps that. */
    UsageEvent describe(CallOutcome outcome, Charge charge, Instant at) {
        UsageEvent described = UsageEvent.builder(id, at)
                .owner(opening.owner())
                .provider(provider)
                .requestedModel(opening.model())
                .model(model)
                .attempts(attempts)
                .duration(Duration.ofNanos(Math.max(0, ledger.now() - openedAt)))
                .tokens(charge.tokens(), charge.quality())
                .outcome(outcome)
                .build();
        event = described;
        return described;
    }

    boolean attributed() {
        return opening.owner() != null;
    }

    /** Tells how long nothing was heard of it, in nanoseconds. */
    long silentFor(long now) {
        return now - lastSign;
    }
}
