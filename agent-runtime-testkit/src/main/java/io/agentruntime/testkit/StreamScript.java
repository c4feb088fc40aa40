package io.agentruntime.testkit;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer of a {@link ScriptedStreamingChatModel}, piece by piece, and its end. It ends with the complete answer, unless it says
 * otherwise. Immutable and thread-safe: each method gives a copy.
 *
 * <pre>{@code
 * StreamScript.of("one ", "two ").stall(gate).text("three").usage(new TokenUsage(5, 3));
 * StreamScript.of().thinking("Hm.").toolCall("call-1", "weather", "{\"city\":", "\"Bern\"}");
 * StreamScript.of("one ").failure(new IOException("reset"));
 * }</pre>
 */
public final class StreamScript {

    private final Lines lines;

    /** What is to happen. Changed only while it is copied. */
    static final class Lines {
        final List<StreamStep> steps = new ArrayList<>();

        @Nullable
        TokenUsage usage;

        FinishReason finish = FinishReason.STOP;
        End end = End.COMPLETE;

        @Nullable
        Throwable failure;

        @Nullable
        RuntimeException thrown;

        private Lines copy() {
            Lines copy = new Lines();
            copy.steps.addAll(steps);
            copy.usage = usage;
            copy.finish = finish;
            copy.end = end;
            copy.failure = failure;
            copy.thrown = thrown;
            return copy;
        }
    }

    enum End {
        COMPLETE,
        FAILURE,
        FAILURE_AND_COMPLETE,
        SILENCE
    }

    private StreamScript(Lines lines) {
        this.lines = lines;
    }

    private StreamScript with(Consumer<Lines> change) {
        Lines copy = lines.copy();
        change.accept(copy);
        return new StreamScript(copy);
    }

    private StreamScript step(StreamStep step) {
        return with(copy -> copy.steps.add(step));
    }

    Lines lines() {
        return lines;
    }

    /**
     * Begins with text.
     *
     * @param text its pieces; none for an answer that begins otherwise
     * @return the script
     */
    public static StreamScript of(String... text) {
        return new StreamScript(new Lines()).text(text);
    }

    /**
     * Makes a call that throws at once, on the thread of the caller, before anything is streamed.
     *
     * @param failure what is thrown
     * @return the script
     */
    public static StreamScript throwing(RuntimeException failure) {
        requireNonNull(failure, "failure");
        return of().with(copy -> copy.thrown = failure);
    }

    /**
     * Adds text.
     *
     * @param pieces its pieces
     * @return a copy with the text
     */
    public StreamScript text(String... pieces) {
        return with(copy -> List.of(pieces).forEach(piece -> copy.steps.add(new StreamStep.Text(piece))));
    }

    /**
     * Adds thinking.
     *
     * @param pieces its pieces
     * @return a copy with the thinking
     */
    public StreamScript thinking(String... pieces) {
        return with(copy -> List.of(pieces).forEach(piece -> copy.steps.add(new StreamStep.Thinking(piece))));
    }

    /**
     * Adds a tool call: its pieces, and then all of it. The answer then ends for the sake of its tool calls.
     *
     * @param id the id of the call
     * @param name the tool
     * @param arguments the arguments in JSON, piece by piece; none for a call that comes only as a whole, with {@code {}}
     * @return a copy with the call
     */
    public StreamScript toolCall(String id, String name, String... arguments) {
        ToolExecutionRequest call = ToolExecutionRequest.builder()
                .id(requireNonNull(id, "id"))
                .name(requireNonNull(name, "name"))
                .arguments(arguments.length == 0 ? "{}" : String.join("", arguments))
                .build();
        return step(new StreamStep.Tool(call, List.of(arguments)))
                .with(copy -> copy.finish = FinishReason.TOOL_EXECUTION);
    }

    /**
     * Adds an event of the provider that LangChain4j has no callback for.
     *
     * @param event what the handler gets as its raw event
     * @return a copy with the event
     */
    public StreamScript rawEvent(Object event) {
        return step(new StreamStep.Raw(requireNonNull(event, "event")));
    }

    /**
     * Lets the stream stand still. No thread is held meanwhile.
     *
     * @param until the stream goes on, on its executor, when this completes, however it does
     * @return a copy that stalls
     */
    public StreamScript stall(CompletableFuture<?> until) {
        return step(new StreamStep.Stall(requireNonNull(until, "until")));
    }

    /**
     * Reports the cost at the end.
     *
     * @param usage what it reports to have cost
     * @return a copy with the usage
     */
    public StreamScript usage(TokenUsage usage) {
        requireNonNull(usage, "usage");
        return with(copy -> copy.usage = usage);
    }

    /**
     * Says why the answer ends.
     *
     * @param reason why
     * @return a copy with the reason
     */
    public StreamScript finish(FinishReason reason) {
        requireNonNull(reason, "reason");
        return with(copy -> copy.finish = reason);
    }

    /**
     * Ends with a failure.
     *
     * @param failure what the handler gets
     * @return a copy that fails
     */
    public StreamScript failure(Throwable failure) {
        return end(End.FAILURE, failure);
    }

    /**
     * Ends with a failure, and then with the complete answer too, as some clients do when their connection breaks in mid-stream.
     *
     * @param failure what the handler gets first
     * @return a copy that ends twice
     */
    public StreamScript failureThenComplete(Throwable failure) {
        return end(End.FAILURE_AND_COMPLETE, failure);
    }

    private StreamScript end(End end, Throwable failure) {
        requireNonNull(failure, "failure");
        return with(copy -> {
            copy.end = end;
            copy.failure = failure;
        });
    }

    /**
     * Never ends: the handler hears no more after the last piece, as some clients do when their stream is cut.
     *
     * @return a copy without an end
     */
    public StreamScript silence() {
        return with(copy -> copy.end = End.SILENCE);
    }
}
