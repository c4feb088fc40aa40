package io.agentruntime.testkit.provider;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.testkit.provider.Trouble.Kind;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a {@link ProviderServer} sends back: an answer or an error, with what goes wrong on the way. Immutable and thread-safe: each
 * method gives a copy.
 *
 * <pre>{@code
 * ProviderReply.of("Hello, ", "world").usage(12, 3);                       // two pieces if it is streamed
 * ProviderReply.of().toolCall("call-1", "weather", "{\"city\":", "\"Bern\"}").usage(20, 9);
 * ProviderReply.error(429, "slow down").header("Retry-After", "2");
 * ProviderReply.of("one ", "two ", "three").stallAfter(2, gate);           // and goes on when the gate opens
 * ProviderReply.of("one ", "two ", "three").usage(9, 3).resetAfter(1);     // the connection breaks in mid-stream
 * ProviderReply.reset();                                                   // before any byte
 * }</pre>
 *
 * <p><b>Positions.</b> What happens "after n pieces" happens, in a stream, when n pieces of text, thinking and tool arguments have been
 * sent, and nothing that follows; 0 is right after the headers. If the client asked for the whole answer at once, 0 is after the
 * headers and everything else in the middle of the body. A client may lose what it has received but not read when the connection
 * breaks; where that matters, let the reply wait at the same position ({@link #stallAfter}) until the client has read it. A position beyond the pieces is a mistake of the test: the server answers
 * with status 500 and says so.
 */
public final class ProviderReply {

    private final Reply content;

    private ProviderReply(Reply content) {
        this.content = content;
    }

    private ProviderReply with(Consumer<Reply> change) {
        Reply copy = content.copy();
        change.accept(copy);
        return new ProviderReply(copy);
    }

    Reply content() {
        return content;
    }

    /**
     * Makes an answer that reports no usage and ends as answers do.
     *
     * @param text its text, in the pieces in which it is streamed; none for an answer without text
     * @return the answer
     */
    public static ProviderReply of(String... text) {
        return new ProviderReply(new Reply()).text(text);
    }

    /**
     * Makes an error, its message wrapped in JSON as the protocol does it.
     *
     * @param status the HTTP status, such as 429
     * @param message the message
     * @return the error
     */
    public static ProviderReply error(int status, String message) {
        requireNonNull(message, "message");
        return new ProviderReply(new Reply()).with(reply -> {
            reply.status = status;
            reply.error = message;
        });
    }

    /**
     * Makes a reply with just this body, whatever it is.
     *
     * @param status the HTTP status
     * @param body the body; give its type by {@link #header}, it is JSON otherwise
     * @return the reply
     */
    public static ProviderReply raw(int status, String body) {
        requireNonNull(body, "body");
        return new ProviderReply(new Reply()).with(reply -> {
            reply.status = status;
            reply.raw = body;
        });
    }

    /**
     * Makes a reply that breaks the connection before any byte: the client sees a reset.
     *
     * @return the reply
     */
    public static ProviderReply reset() {
        return of().trouble(Kind.RESET, Trouble.FIRST, "");
    }

    /**
     * Makes a reply that closes the connection before any byte: the client sees its end.
     *
     * @return the reply
     */
    public static ProviderReply close() {
        return of().trouble(Kind.CLOSE, Trouble.FIRST, "");
    }

    /**
     * Adds text.
     *
     * @param pieces the pieces in which it is streamed
     * @return a copy with the text
     */
    public ProviderReply text(String... pieces) {
        return with(reply -> List.of(pieces).forEach(piece -> reply.pieces.add(new Piece.Text(piece))));
    }

    /**
     * Adds thinking, which LangChain4j's clients pass on only if they are told to.
     *
     * @param pieces the pieces in which it is streamed
     * @return a copy with the thinking
     */
    public ProviderReply thinking(String... pieces) {
        return with(reply -> List.of(pieces).forEach(piece -> reply.pieces.add(new Piece.Thinking(piece))));
    }

    /**
     * Adds a tool call; several are parallel calls.
     *
     * @param id the id of the call
     * @param name the tool
     * @param arguments the arguments in JSON, in the pieces in which they are streamed; Gemini sends them in one
     * @return a copy with the call
     * @throws IllegalArgumentException if there are no arguments
     */
    public ProviderReply toolCall(String id, String name, String... arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("tool call '" + id + "' has no arguments, which is {} in JSON");
        }
        return with(reply -> reply.pieces.add(new Piece.Tool(id, name, List.of(arguments))));
    }

    /**
     * Reports the cost.
     *
     * @param usage the tokens, as far as the protocol has a place for them
     * @return a copy with the usage
     */
    public ProviderReply usage(ProviderUsage usage) {
        requireNonNull(usage, "usage");
        return with(reply -> reply.usage = usage);
    }

    /**
     * Reports the cost.
     *
     * @param input what the model read
     * @param output what the model wrote
     * @return a copy with the usage
     * @throws IllegalArgumentException if a number is negative
     */
    public ProviderReply usage(long input, long output) {
        return usage(ProviderUsage.of(input, output));
    }

    /**
     * Reports the cost in just these words, to try what else a provider may send.
     *
     * @param json the JSON object that stands where the protocol has its usage
     * @return a copy with the usage
     */
    public ProviderReply usageJson(String json) {
        requireNonNull(json, "json");
        return with(reply -> reply.usageJson = json);
    }

    /**
     * Says why the answer ends; otherwise because it is complete, or for its tool calls.
     *
     * @param reason why
     * @return a copy with the reason
     */
    public ProviderReply finish(FinishReason reason) {
        requireNonNull(reason, "reason");
        return with(reply -> reply.finish = reason);
    }

    /**
     * Names the model that answers; otherwise that which was asked for.
     *
     * @param name its name
     * @return a copy with the model
     */
    public ProviderReply model(String name) {
        requireNonNull(name, "name");
        return with(reply -> reply.model = name);
    }

    /**
     * Adds the code of an error in the words of the protocol: {@code code} for OpenAI, {@code type} for Anthropic, {@code status} for
     * Gemini.
     *
     * @param code such as {@code context_length_exceeded}
     * @return a copy with the code
     */
    public ProviderReply code(String code) {
        requireNonNull(code, "code");
        return with(reply -> reply.code = code);
    }

    /**
     * Adds a header, or replaces it.
     *
     * @param name its name
     * @param value its value
     * @return a copy with the header
     */
    public ProviderReply header(String name, String value) {
        requireNonNull(value, "value");
        return with(reply -> {
            reply.headers.keySet().removeIf(name::equalsIgnoreCase);
            reply.headers.put(name, value);
        });
    }

    /**
     * Adds the headers by which the protocol tells of its limits.
     *
     * @param limits the limits
     * @return a copy with the limits
     */
    public ProviderReply rateLimits(ProviderRateLimits limits) {
        requireNonNull(limits, "limits");
        return with(reply -> reply.limits = limits);
    }

    /**
     * Lets the reply wait before its first byte.
     *
     * @param gate what it waits for
     * @return a copy that waits
     */
    public ProviderReply delay(ProviderGate gate) {
        return hold(Trouble.FIRST, gate);
    }

    /**
     * Lets the reply wait in the middle of its headers.
     *
     * @param gate what it waits for
     * @return a copy that waits
     */
    public ProviderReply stallInHeaders(ProviderGate gate) {
        return hold(Trouble.IN_HEADERS, gate);
    }

    /**
     * Lets the reply wait. May be called for several positions.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @param gate what it waits for
     * @return a copy that waits
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply stallAfter(int pieces, ProviderGate gate) {
        return hold(position(pieces), gate);
    }

    private ProviderReply hold(int position, ProviderGate gate) {
        requireNonNull(gate, "gate");
        return with(reply -> reply.holds.add(new Hold(position, gate)));
    }

    /**
     * Breaks the connection: the client sees a reset.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @return a copy that breaks
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply resetAfter(int pieces) {
        return trouble(Kind.RESET, position(pieces), "");
    }

    /**
     * Closes the connection in the middle of the body: the client sees that HTTP's framing is incomplete.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @return a copy that breaks off
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply closeAfter(int pieces) {
        return trouble(Kind.CLOSE, position(pieces), "");
    }

    /**
     * Ends the body too early, without the protocol's own end ({@code [DONE]}, {@code message_stop}) and without usage, but whole as far
     * as HTTP can tell.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @return a copy that is cut
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply cutAfter(int pieces) {
        return trouble(Kind.END, position(pieces), "");
    }

    /**
     * Sends an error in the stream, as a provider does that is overloaded in the middle of an answer, and ends it. A whole answer is
     * cut instead.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @param message the message; {@link #code} adds a code
     * @return a copy that fails
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply errorAfter(int pieces, String message) {
        return trouble(Kind.ERROR, position(pieces), requireNonNull(message, "message"));
    }

    /**
     * Sends nonsense, and ends the body.
     *
     * @param pieces after how many pieces, 0 for after the headers
     * @param garbage what to send; in a stream as the data of an event
     * @return a copy that goes astray
     * @throws IllegalArgumentException if the position is negative
     */
    public ProviderReply garbageAfter(int pieces, String garbage) {
        return trouble(Kind.GARBAGE, position(pieces), requireNonNull(garbage, "garbage"));
    }

    private ProviderReply trouble(Kind kind, int position, String text) {
        return with(reply -> reply.trouble = new Trouble(kind, position, text));
    }

    private static int position(int pieces) {
        if (pieces < 0) {
            throw new IllegalArgumentException("number of pieces must be 0 or more, is " + pieces);
        }
        return pieces;
    }
}
