package io.agentruntime.examples.documents.prompts;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Finds JSON objects and arrays in a text that may hold anything else around them. */
final class JsonFinder {
    private static final int MAX_ATTEMPTS = 200;

    private JsonFinder() {}

    /** Returns the outermost JSON values of a text, the last one first. */
    static Deque<JsonNode> lastFirst(JsonMapper mapper, String text) {
        Deque<JsonNode> found = new ArrayDeque<>();
        int attempts = 0;
        int at = next(text, 0);
        while (at >= 0 && attempts++ < MAX_ATTEMPTS) {
            int length = read(mapper, text.substring(at), found);
            at = next(text, at + Math.max(1, length));
        }
        return found;
    }

    private static int next(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '{' || text.charAt(i) == '[') {
                return i;
            }
        }
        return -1;
    }

    private static int read(JsonMapper mapper, String text, Deque<JsonNode> found) {
        try (JsonParser parser = mapper.createParser(text)) {
            @Nullable JsonNode value = mapper.readTree(parser);
            if (value != null) {
                found.addFirst(value);
                return (int) parser.currentLocation().getCharOffset();
            }
        } catch (IOException notJson) {
            return 0;
        }
        return 0;
    }
}
