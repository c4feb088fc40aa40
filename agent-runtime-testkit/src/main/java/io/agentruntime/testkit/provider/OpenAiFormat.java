package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chat completions of OpenAI. */
final class OpenAiFormat implements WireFormat {

    private static final String PATH = "/v1/chat/completions";
    private static final long CREATED_SECONDS = 1_767_225_600;

    @Override
    public boolean serves(String path) {
        return path.equals(PATH);
    }

    @Override
    public Asked asked(String path, JsonNode body) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : body.path("messages")) {
            messages.add(new Message(message.path("role").asText(), Json.textOf(message.path("content"))));
        }
        return new Asked(body.path("model").asText(), body.path("stream").asBoolean(), messages);
    }

    @Override
    public JsonNode whole(Answer answer) {
        ObjectNode json = base("chat.completion", answer);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        message(choice.putObject("message").put("role", "assistant"), answer.reply());
        choice.put("finish_reason", finishReason(answer.reply()));
        JsonNode usage = answer.usage();
        if (usage != null) {
            json.set("usage", usage);
        }
        return json;
    }

    private static void message(ObjectNode message, Reply reply) {
        String text = reply.joined(Piece.Text.class);
        message.put("content", text.isEmpty() && reply.pieceCount() > 0 ? null : text);
        String thinking = reply.joined(Piece.Thinking.class);
        if (!thinking.isEmpty()) {
            message.put("reasoning_content", thinking);
        }
        for (Piece piece : reply.pieces) {
            if (piece instanceof Piece.Tool tool) {
                call(message.withArray("tool_calls").addObject(), tool, tool.json());
            }
        }
    }

    private static void call(ObjectNode call, Piece.Tool tool, String arguments) {
        call.put("id", tool.id()).put("type", "function");
        call.putObject("function").put("name", tool.name()).put("arguments", arguments);
    }

    @Override
    public List<Event> events(Answer answer) {
        List<Event> events = new ArrayList<>();
        events.add(Event.of(chunk(answer, delta().put("role", "assistant").put("content", ""), null)));
        int tools = 0;
        for (Piece piece : answer.reply().pieces) {
            if (piece instanceof Piece.Tool tool) {
                events.addAll(call(answer, tool, tools++));
            } else if (piece instanceof Piece.Text text) {
                events.add(piece(answer, delta().put("content", text.text())));
            } else if (piece instanceof Piece.Thinking thinking) {
                events.add(piece(answer, delta().put("reasoning_content", thinking.text())));
            }
        }
        events.add(Event.of(chunk(answer, delta(), finishReason(answer.reply()))));
        JsonNode usage = answer.usage();
        if (usage != null && wantsUsage(answer.request())) {
            ObjectNode json = base("chat.completion.chunk", answer);
            json.putArray("choices");
            events.add(new Event(event(Json.text(json.set("usage", usage))), 0, usage));
        }
        events.add(Event.of(event("[DONE]")));
        return events;
    }

    /** The head of a call says what is called; the arguments follow, and are told apart by the index. */
    private List<Event> call(Answer answer, Piece.Tool tool, int index) {
        List<Event> events = new ArrayList<>();
        ObjectNode head = delta();
        call(calls(head, index), tool, "");
        events.add(Event.of(chunk(answer, head, null)));
        for (String arguments : tool.arguments()) {
            ObjectNode delta = delta();
            calls(delta, index).putObject("function").put("arguments", arguments);
            events.add(piece(answer, delta));
        }
        return events;
    }

    private static ObjectNode calls(ObjectNode delta, int index) {
        ArrayNode calls = delta.putArray("tool_calls");
        return calls.addObject().put("index", index);
    }

    private static boolean wantsUsage(ProviderRequest request) {
        return Json.of(request.body())
                .path("stream_options")
                .path("include_usage")
                .asBoolean();
    }

    private static ObjectNode delta() {
        return Json.object();
    }

    private Event piece(Answer answer, ObjectNode delta) {
        return new Event(chunk(answer, delta, null), 1, null);
    }

    private String chunk(Answer answer, ObjectNode delta, @Nullable String finishReason) {
        ObjectNode json = base("chat.completion.chunk", answer);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.set("delta", delta);
        choice.put("finish_reason", finishReason);
        return event(Json.text(json));
    }

    private static ObjectNode base(String object, Answer answer) {
        return Json.object()
                .put("id", "chatcmpl-" + answer.request().number())
                .put("object", object)
                .put("created", CREATED_SECONDS)
                .put("model", answer.model());
    }

    private static String finishReason(Reply reply) {
        return switch (reply.finishReason()) {
            case STOP -> "stop";
            case LENGTH -> "length";
            case TOOL_EXECUTION -> "tool_calls";
            case CONTENT_FILTER -> "content_filter";
            case OTHER -> "other";
        };
    }

    @Override
    public JsonNode usage(ProviderUsage usage) {
        ObjectNode json = Json.object()
                .put("prompt_tokens", usage.input())
                .put("completion_tokens", usage.output())
                .put("total_tokens", usage.total());
        json.putObject("prompt_tokens_details").put("cached_tokens", usage.cacheRead());
        json.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
        return json;
    }

    @Override
    public ProviderUsage counts(JsonNode usage) {
        long input = WireFormat.number(usage, "prompt_tokens");
        long output = WireFormat.number(usage, "completion_tokens");
        return new ProviderUsage(
                input,
                output,
                WireFormat.number(usage.path("prompt_tokens_details"), "cached_tokens"),
                0,
                WireFormat.number(usage.path("completion_tokens_details"), "reasoning_tokens"),
                usage.path("total_tokens").asLong(input + output));
    }

    @Override
    public JsonNode error(int status, String message, @Nullable String code) {
        ObjectNode json = Json.object();
        json.putObject("error")
                .put("message", message)
                .put("type", status < 500 ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", code);
        return json;
    }

    @Override
    public String errorEvent(JsonNode error) {
        return "event: error\n" + event(Json.text(error));
    }

    @Override
    public String event(String data) {
        return "data: " + data + "\n\n";
    }

    @Override
    public Map<String, String> headers(long number) {
        return Map.of("x-request-id", "req_" + number);
    }
}
