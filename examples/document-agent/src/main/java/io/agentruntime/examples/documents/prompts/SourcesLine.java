package io.agentruntime.examples.documents.prompts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;

/** The last line of an answer, which names its sources: {@code Sources: ["a.md"]}. Models may decorate it. */
final class SourcesLine {
    static final String LABEL = "Sources:";
    private static final String DECORATION = " \t*_#>-";

    private SourcesLine() {}

    /** Finds where the line begins; the end of the text if it has none. */
    static int begin(String text) {
        return begin(text, false);
    }

    /** Finds, in a text that goes on, where the line begins or may just be beginning; no later than its last visible character. */
    static int mayBegin(String text) {
        return Math.min(begin(text, true), text.stripTrailing().length());
    }

    private static int begin(String text, boolean open) {
        int line = text.stripTrailing().lastIndexOf('\n') + 1;
        int label = line;
        while (label < text.length() && DECORATION.indexOf(text.charAt(label)) >= 0) {
            label++;
        }
        int length = open ? Math.min(LABEL.length(), text.length() - label) : LABEL.length();
        return text.regionMatches(true, label, LABEL, 0, length) ? line : text.length();
    }

    /** Reads the names: a JSON list as it was asked for, or what a model has put there between commas. */
    static List<String> names(JsonMapper json, String line) {
        String list = line.substring(line.indexOf(':') + 1);
        return JsonFinder.lastFirst(json, list).stream()
                .filter(JsonNode::isArray)
                .findFirst()
                .map(array -> StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText))
                .orElseGet(() -> Arrays.stream(list.split(",", -1))
                        .map(name -> name.replaceAll("^[\\s\\[\"'`*]+|[\\s\\]\"'`*]+$", "")))
                .filter(name -> !name.isBlank())
                .toList();
    }
}
