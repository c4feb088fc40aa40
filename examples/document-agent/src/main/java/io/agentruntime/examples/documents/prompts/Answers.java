package io.agentruntime.examples.documents.prompts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.agentruntime.examples.documents.reading.DocumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads what a model has answered: JSON, which may stand between other text, and of several JSON values the last one counts; or, to a
 * question, a text and a line with its sources. Each method throws a {@link DocumentException} that names the document and the task if the answer is unusable.
 * Thread-safe.
 */
public final class Answers {
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Answers() {}

    /**
     * Reads a summary.
     *
     * @param document the name of the document, for the message of an exception
     * @param modelText what the model has answered
     * @return the summary
     * @throws DocumentException if the answer is unusable
     */
    public static Summary summary(String document, String modelText) {
        return read(
                document,
                Task.SUMMARY,
                modelText,
                node -> new Summary(text(node, "text"), texts(node, "keyPoints", false)));
    }

    /**
     * Reads questions with answers.
     *
     * @param document the name of the document, for the message of an exception
     * @param modelText what the model has answered
     * @return the questions and answers
     * @throws DocumentException if the answer is unusable
     */
    public static Faqs faqs(String document, String modelText) {
        return read(document, Task.FAQS, modelText, node -> new Faqs(faqs(list(node, "faqs"))));
    }

    /**
     * Reads questions to ask next.
     *
     * @param document the name of the document, for the message of an exception
     * @param modelText what the model has answered
     * @return the questions
     * @throws DocumentException if the answer is unusable
     */
    public static Questions questions(String document, String modelText) {
        return read(document, Task.QUESTIONS, modelText, node -> new Questions(texts(node, "questions", true)));
    }

    /**
     * Reads the answer to a question.
     *
     * @param subject what the message of an exception names
     * @param modelText what the model has answered
     * @return the answer and its sources
     * @throws DocumentException if the answer is unusable
     */
    public static Answer answer(String subject, String modelText) {
        int sources = SourcesLine.begin(modelText);
        String text = modelText.substring(0, sources).strip();
        if (text.isEmpty()) {
            throw unusable(subject, Task.ANSWER, "it holds no text");
        }
        return new Answer(text, SourcesLine.names(JSON, modelText.substring(sources)));
    }

    private static <T> T read(String document, Task task, String modelText, Function<JsonNode, T> shape) {
        String problem = "it holds no JSON";
        for (JsonNode candidate : JsonFinder.lastFirst(JSON, modelText)) {
            try {
                return shape.apply(candidate);
            } catch (UnexpectedShape e) {
                problem = e.reason;
            }
        }
        throw unusable(document, task, problem);
    }

    private static DocumentException unusable(String document, Task task, String problem) {
        return new DocumentException(
                document, "the model's answer to the task " + task.label() + " is unusable, " + problem);
    }

    /**
     * Writes one of the results as the prompts ask for it.
     *
     * @param result a summary, FAQs, questions or an answer
     * @return the JSON; of an answer, its text and the line with its sources
     */
    public static String write(Record result) {
        return result instanceof Answer answer
                ? answer.text() + "\n" + SourcesLine.LABEL + " " + json(answer.sources())
                : json(result);
    }

    private static String json(Object result) {
        try {
            return JSON.writeValueAsString(result);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be written as JSON: " + result.getClass().getSimpleName(), e);
        }
    }

    private static List<Faq> faqs(JsonNode list) {
        List<Faq> faqs = new ArrayList<>();
        list.forEach(entry -> faqs.add(new Faq(text(entry, "question"), text(entry, "answer"))));
        return faqs;
    }

    private static List<String> texts(JsonNode node, String field, boolean required) {
        if (!required && node.isObject() && !node.hasNonNull(field)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        list(node, field, required).forEach(entry -> texts.add(text(entry, field)));
        return texts;
    }

    private static JsonNode list(JsonNode node, String field) {
        return list(node, field, true);
    }

    private static JsonNode list(JsonNode node, String field, boolean required) {
        JsonNode list = node.isArray() && required ? node : node.path(field);
        if (!list.isArray() || (required && list.isEmpty())) {
            throw new UnexpectedShape("\"" + field + "\" is not a list with entries");
        }
        return list;
    }

    private static String text(JsonNode node, String field) {
        JsonNode value = node.isObject() ? node.path(field) : node;
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new UnexpectedShape("\"" + field + "\" holds no text");
        }
        return value.textValue().strip();
    }

    /** The JSON is valid and not what was asked for. */
    private static final class UnexpectedShape extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String reason;

        UnexpectedShape(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
