package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages of Anthropic. Its input tokens are those that had nothing to do with a cache. */
final class AnthropicFormat implements WireFormat {

    private static final String PATH = "/v1/messages";
    private static final String SIGNATURE = "signature-of-the-testkit";

    @Override
    public boolean serves(String path) {
        return path.equals(PATH);
    }

    @Override
    public Asked asked(String path, JsonNode body) {
        List<Message> messages = new ArrayList<>();
        if (body.has("system")) {
            messages.add(new Message("system", Json.textOf(body.path("system"))));
        }
        for (JsonNode message : body.path("messages")) {
            messages.add(new Message(message.path("role").asText(), Json.textOf(message.path("content"))));
        }
        return new Asked(body.path("model").asText(), body.path("stream").asBoolean(), messages);
    }

    @Override
    public JsonNode whole(Answer answer) {
        ObjectNode message = message(answer);
        for (Piece block : answer.reply().blocks()) {
            ObjectNode json = message.withArray("content").addObject();
            if (block instanceof Piece.Text text) {
                json.put("type", "text").put("text", text.text());
            } else if (block instanceof Piece.Thinking thinking) {
                json.put("type", "thinking").put("thinking", thinking.text()).put("signature", SIGNATURE);
            } else if (block instanceof Piece.Tool tool) {
                json.put("type", "tool_use").put("id", tool.id()).put("name", tool.name());
                json.set("input", Json.of(tool.json()));
            }
        }
        message.put("stop_reason", stopReason(answer.reply()));
        JsonNode usage = answer.usage();
        if (usage != null) {
            message.set("usage", usage);
        }
        return message;
    }

    private static ObjectNode message(Answer answer) {
        ObjectNode message = Json.object()
                .put("id", "msg_" + answer.request().number())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", answer.model());
        message.putArray("content");
        return message.putNull("stop_reason").putNull("stop_sequence");
    }

    @Override
    public List<Event> events(Answer answer) {
        List<Event> events = new ArrayList<>();
        events.add(start(answer));
        AnthropicBlocks blocks = new AnthropicBlocks(events, SIGNATURE);
        answer.reply().pieces.forEach(blocks::add);
        blocks.end();
        events.add(end(answer));
        events.add(Event.of(typed(Json.object().put("type", "message_stop"))));
        return events;
    }

    /** Tells of the input; of the output only that it has begun. */
    private Event start(Answer answer) {
        ObjectNode message = message(answer);
        JsonNode usage = null;
        if (answer.reply().usage != null) {
            usage = ((ObjectNode) usage(answer.reply().usage))
                    .put("output_tokens", Math.min(1, answer.reply().usage.output()));
            message.set("usage", usage);
        }
        ObjectNode json = Json.object().put("type", "message_start");
        json.set("message", message);
        return new Event(typed(json), 0, usage);
    }

    private Event end(Answer answer) {
        ObjectNode json = Json.object().put("type", "message_delta");
        json.putObject("delta").put("stop_reason", stopReason(answer.reply())).putNull("stop_sequence");
        JsonNode usage = answer.usage();
        if (usage != null) {
            json.set("usage", usage);
        }
        return new Event(typed(json), 0, usage);
    }

    static String typed(ObjectNode json) {
        return "event: " + json.path("type").asText() + "\ndata: " + Json.text(json) + "\n\n";
    }

    private static String stopReason(Reply reply) {
        return switch (reply.finishReason()) {
            case STOP -> "end_turn";
            case LENGTH -> "max_tokens";
            case TOOL_EXECUTION -> "tool_use";
            case CONTENT_FILTER -> "refusal";
            case OTHER -> "pause_turn";
        };
    }

    @Override
    public JsonNode usage(ProviderUsage usage) {
        return Json.object()
                .put("input_tokens", usage.input() - usage.cacheRead() - usage.cacheWrite())
                .put("cache_creation_input_tokens", usage.cacheWrite())
                .put("cache_read_input_tokens", usage.cacheRead())
                .put("output_tokens", usage.output());
    }

    @Override
    public ProviderUsage counts(JsonNode usage) {
        long read = WireFormat.number(usage, "cache_read_input_tokens");
        long written = WireFormat.number(usage, "cache_creation_input_tokens");
        long input = WireFormat.number(usage, "input_tokens") + read + written;
        return ProviderUsage.of(input, WireFormat.number(usage, "output_tokens"))
                .withCache(read, written);
    }

    @Override
    public JsonNode error(int status, String message, @Nullable String code) {
        ObjectNode json = Json.object().put("type", "error");
        json.putObject("error").put("type", code != null ? code : type(status)).put("message", message);
        return json;
    }

    private static String type(int status) {
        return switch (status) {
            case 400 -> "invalid_request_error";
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 200, 529 -> "overloaded_error"; // 200: in the middle of a stream
            default -> "api_error";
        };
    }

    @Override
    public String errorEvent(JsonNode error) {
        return typed((ObjectNode) error);
    }

    @Override
    public String event(String data) {
        return "event: content_block_delta\ndata: " + data + "\n\n";
    }

    @Override
    public Map<String, String> headers(long number) {
        return Map.of("request-id", "req_" + number);
    }
}
