package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.prompts.Answer;
import io.agentruntime.usage.TokenCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An answered question.
 *
 * @param question the question
 * @param answer the answer
 * @param cached whether it came from the response cache
 * @param tokens what it has cost now
 */
record AskResult(String question, Answer answer, boolean cached, TokenCounts tokens) {
    /** What its text stands behind. */
    static final String ANSWER = "Answer:   ";

    /** Lays a question out for the console. */
    static List<String> head(String question) {
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(Printable.wrapped("Question: ", question));
        return lines;
    }

    /** Lays all of it out for the console. */
    List<String> lines() {
        List<String> lines = head(question);
        lines.addAll(Printable.wrapped(ANSWER, answer.text()));
        lines.addAll(foot());
        return lines;
    }

    /** Lays out what comes after the text of the answer. */
    List<String> foot() {
        List<String> lines = new ArrayList<>();
        if (!answer.sources().isEmpty()) {
            lines.addAll(
                    Printable.wrapped("Sources:  ", answer.sources().stream().collect(Collectors.joining(", "))));
        }
        lines.add("Cost:     " + cost());
        return lines;
    }

    private String cost() {
        return cached
                ? "0 model calls, 0 tokens: from the response cache of this session"
                : Table.count(tokens.input(), "token") + " in, " + Table.number(tokens.output()) + " out";
    }
}
