package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Reads and writes JSON. */
final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static JsonNode parse(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** The same for what the test wrote itself. */
    static JsonNode of(String text) {
        try {
            return parse(text);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static String text(JsonNode json) {
        try {
            return MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The numbers of an object, those of inner objects by their path. */
    static Map<String, Long> numbers(JsonNode json) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        json.properties().forEach(field -> {
            if (field.getValue().isNumber()) {
                numbers.put(field.getKey(), field.getValue().asLong());
            }
            numbers(field.getValue()).forEach((name, value) -> numbers.put(field.getKey() + "." + name, value));
        });
        return numbers;
    }

    /** The texts of something that is a text, or an array of parts with texts, one per line. */
    static String textOf(JsonNode content) {
        if (content.isArray()) {
            return StreamSupport.stream(content.spliterator(), false)
                    .map(Json::textOfPart)
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining("\n"));
        }
        return content.isTextual() ? content.asText() : "";
    }

    private static String textOfPart(JsonNode part) {
        if (part.has("text")) {
            return part.path("text").asText();
        }
        if (part.has("functionResponse")) { // Gemini's result of a tool
            return text(part.path("functionResponse").path("response"));
        }
        return textOf(part.path("content")); // Anthropic's result of a tool
    }
}
