package io.agentruntime.examples.documents;

import dev.langchain4j.model.chat.request.ChatRequest;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.examples.documents.prompts.Answers;
import io.agentruntime.examples.documents.prompts.Faqs;
import io.agentruntime.examples.documents.prompts.Prompts;
import io.agentruntime.examples.documents.prompts.Questions;
import io.agentruntime.examples.documents.prompts.Summary;
import io.agentruntime.examples.documents.prompts.Task;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * One of the things that are made of every document.
 *
 * @param <T> its type
 * @param kind where the content cache keeps it
 * @param prompt asks for it, given the name and the text of a document
 * @param parser reads what the model answers, given the name of the document and the answer
 */
record Product<T>(
        ContentKind<T> kind, BiFunction<String, String, ChatRequest> prompt, BiFunction<String, String, T> parser) {
    /** Lists them all, as the given model makes them. */
    static List<Product<?>> all(String model) {
        return List.of(
                new Product<>(
                        kind(Task.SUMMARY, Summary.class, model, Prompts::summary), Prompts::summary, Answers::summary),
                new Product<>(kind(Task.FAQS, Faqs.class, model, Prompts::faqs), Prompts::faqs, Answers::faqs),
                new Product<>(
                        kind(Task.QUESTIONS, Questions.class, model, Prompts::questions),
                        Prompts::questions,
                        Answers::questions));
    }

    private static <T> ContentKind<T> kind(
            Task task, Class<T> type, String model, BiFunction<String, String, ChatRequest> prompt) {
        return new ContentKind<>(task.label(), type, variant(model, prompt.apply("", "")));
    }

    /** Names the model and the wording of the prompt, so that what was made in another way is made anew. */
    static String variant(String model, ChatRequest prompt) {
        String wording =
                ContentSource.of("prompt", prompt.messages().toString()).hash();
        return model + ", prompt " + wording.substring(0, 12);
    }

    String name() {
        return kind.name();
    }

    /** The feature that its model calls are accounted to. */
    String feature() {
        return "document-" + kind.name();
    }

    boolean isStored(ContentCache cache, ContentSource source) {
        return cache.find(source, kind).isPresent();
    }

    /** Asks the model for it. */
    T make(ModelCalls calls, String document, String text) {
        String answer = calls.answer(prompt.apply(document, text)).text();
        return parser.apply(document, Objects.requireNonNullElse(answer, ""));
    }
}
