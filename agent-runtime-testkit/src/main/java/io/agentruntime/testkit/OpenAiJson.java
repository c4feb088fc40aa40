package io.agentruntime.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentruntime.testkit.OpenAiRequest.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** The JSON of OpenAI's protocol for chat completions. */
final class OpenAiJson {

    private static final ObjectMapper mapper = new ObjectMapper();
    private static final String ID = "chatcmpl-testkit";
    private static final long CREATED_SECONDS = 1_767_225_600;

    private OpenAiJson() {}

    static JsonNode parse(byte[] body) throws IOException {
        return mapper.readTree(body);
    }

    static OpenAiRequest request(JsonNode json) {
        List<Message> messages = new ArrayList<>();
        for (JsonNode message : json.path("messages")) {
            messages.add(new Message(message.path("role").asText(), text(message.path("content"))));
        }
        return new OpenAiRequest(
                json.path("model").asText(), json.path("stream").asBoolean(), messages);
    }

    private static String text(JsonNode content) {
        if (content.isArray()) {
            return StreamSupport.stream(content.spliterator(), false)
                    .filter(part -> part.has("text"))
                    .map(part -> part.path("text").asText())
                    .collect(Collectors.joining("\n"));
        }
        return content.isTextual() ? content.asText() : "";
    }

    static boolean wantsUsage(JsonNode json) {
        return json.path("stream_options").path("include_usage").asBoolean();
    }

    static byte[] completion(OpenAiRequest request, OpenAiReply reply) {
        ObjectNode json = base("chat.completion", request);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", reply.text());
        choice.put("finish_reason", "stop");
        json.set("usage", usage(reply));
        return bytes(json);
    }

    /** Gives the pieces of a streamed reply: its words, its end, and what it cost if that is wanted. */
    static List<byte[]> chunks(OpenAiRequest request, OpenAiReply reply, boolean usageWanted) {
        List<byte[]> chunks = new ArrayList<>();
        for (String piece : reply.text().split("(?<= )", -1)) {
            ObjectNode json = base("chat.completion.chunk", request);
            ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
            choice.putObject("delta").put("role", "assistant").put("content", piece);
            chunks.add(bytes(json));
        }
        ObjectNode end = base("chat.completion.chunk", request);
        ObjectNode choice = end.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta");
        choice.put("finish_reason", "stop");
        chunks.add(bytes(end));
        if (usageWanted) {
            ObjectNode cost = base("chat.completion.chunk", request);
            cost.putArray("choices");
            cost.set("usage", usage(reply));
            chunks.add(bytes(cost));
        }
        return chunks;
    }

    private static ObjectNode base(String object, OpenAiRequest request) {
        return mapper.createObjectNode()
                .put("id", ID)
                .put("object", object)
                .put("created", CREATED_SECONDS)
                .put("model", request.model());
    }

    private static ObjectNode usage(OpenAiReply reply) {
        ObjectNode usage = mapper.createObjectNode()
                .put("prompt_tokens", reply.promptTokens())
                .put("completion_tokens", reply.completionTokens())
                .put("total_tokens", (long) reply.promptTokens() + reply.completionTokens());
        usage.putObject("prompt_tokens_details").put("cached_tokens", reply.cachedTokens());
        return usage;
    }

    static String error(String message) {
        ObjectNode json = mapper.createObjectNode();
        json.putObject("error").put("message", message).put("type", "testkit");
        return new String(bytes(json), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(JsonNode json) {
        try {
            return mapper.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
