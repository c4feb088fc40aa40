package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Content generation of Google Gemini. Its output tokens, called candidates, are without the thoughts. */
final class GeminiFormat implements WireFormat {

    private static final Pattern PATH =
            Pattern.compile("/v1beta/models/([^/:]+):(generateContent|streamGenerateContent)");

    @Override
    public boolean serves(String path) {
        return PATH.matcher(path).matches();
    }

    @Override
    public Asked asked(String path, JsonNode body) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a path of Gemini: " + path);
        }
        List<Message> messages = new ArrayList<>();
        if (body.has("systemInstruction")) {
            messages.add(new Message(
                    "system", Json.textOf(body.path("systemInstruction").path("parts"))));
        }
        for (JsonNode message : body.path("contents")) {
            messages.add(new Message(message.path("role").asText(), Json.textOf(message.path("parts"))));
        }
        return new Asked(matcher.group(1), matcher.group(2).startsWith("stream"), messages);
    }

    @Override
    public JsonNode whole(Answer answer) {
        return response(answer, answer.reply().blocks(), true);
    }

    @Override
    public List<Event> events(Answer answer) {
        List<Event> events = new ArrayList<>();
        for (Piece piece : answer.reply().pieces) {
            events.add(new Event(event(Json.text(response(answer, List.of(piece), false))), piece.count(), null));
        }
        JsonNode last = response(answer, List.of(new Piece.Text("")), true);
        events.add(new Event(event(Json.text(last)), 0, answer.usage()));
        return events;
    }

    private static ObjectNode response(Answer answer, List<Piece> pieces, boolean last) {
        ObjectNode json = Json.object();
        ObjectNode candidate = json.putArray("candidates").addObject();
        ObjectNode content = candidate.putObject("content");
        ArrayNode parts = content.putArray("parts");
        pieces.forEach(piece -> part(parts.addObject(), piece));
        content.put("role", "model");
        if (last) {
            candidate.put("finishReason", finishReason(answer.reply()));
        }
        candidate.put("index", 0);
        JsonNode usage = last ? answer.usage() : null;
        if (usage != null) {
            json.set("usageMetadata", usage);
        }
        return json.put("modelVersion", answer.model())
                .put("responseId", "resp-" + answer.request().number());
    }

    private static void part(ObjectNode part, Piece piece) {
        if (piece instanceof Piece.Text text) {
            part.put("text", text.text());
        } else if (piece instanceof Piece.Thinking thinking) {
            part.put("text", thinking.text()).put("thought", true);
        } else if (piece instanceof Piece.Tool tool) {
            ObjectNode call =
                    part.putObject("functionCall").put("id", tool.id()).put("name", tool.name());
            call.set("args", Json.of(tool.json()));
        }
    }

    /** A tool call is no reason of its own here. */
    private static String finishReason(Reply reply) {
        return switch (reply.finishReason()) {
            case STOP, TOOL_EXECUTION -> "STOP";
            case LENGTH -> "MAX_TOKENS";
            case CONTENT_FILTER -> "SAFETY";
            case OTHER -> "OTHER";
        };
    }

    @Override
    public JsonNode usage(ProviderUsage usage) {
        return Json.object()
                .put("promptTokenCount", usage.input())
                .put("candidatesTokenCount", usage.output() - usage.reasoning())
                .put("totalTokenCount", usage.total())
                .put("cachedContentTokenCount", usage.cacheRead())
                .put("thoughtsTokenCount", usage.reasoning());
    }

    @Override
    public ProviderUsage counts(JsonNode usage) {
        long input = WireFormat.number(usage, "promptTokenCount");
        long thoughts = WireFormat.number(usage, "thoughtsTokenCount");
        long output = WireFormat.number(usage, "candidatesTokenCount") + thoughts;
        return new ProviderUsage(
                input,
                output,
                WireFormat.number(usage, "cachedContentTokenCount"),
                0,
                thoughts,
                usage.path("totalTokenCount").asLong(input + output));
    }

    @Override
    public JsonNode error(int status, String message, @Nullable String code) {
        ObjectNode json = Json.object();
        json.putObject("error")
                .put("code", status)
                .put("message", message)
                .put("status", code != null ? code : status(status));
        return json;
    }

    private static String status(int status) {
        return switch (status) {
            case 400 -> "INVALID_ARGUMENT";
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 504 -> "DEADLINE_EXCEEDED";
            case 200, 503 -> "UNAVAILABLE"; // 200: in the middle of a stream
            default -> "INTERNAL";
        };
    }

    @Override
    public String errorEvent(JsonNode error) {
        return event(Json.text(error));
    }

    @Override
    public String event(String data) {
        return "data: " + data + "\r\n\r\n";
    }

    @Override
    public Map<String, String> headers(long number) {
        return Map.of();
    }
}
