package io.agentruntime.examples.documents;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.agentruntime.examples.documents.prompts.PartialAnswer;

/** Prints the answer to a question while a model writes it, without the line with its sources. For one call at a time. */
final class AnswerPrinter {
    private final ModelCalls calls;
    private final Console console;
    private final String question;
    private volatile boolean begun;

    AnswerPrinter(ModelCalls calls, Console console, String question) {
        this.calls = calls;
        this.console = console;
        this.question = question;
    }

    /** Asks the model, and prints what it says, if it says it in pieces; it may say something before it calls a tool, too. */
    AiMessage ask(ChatRequest request) {
        PartialAnswer answer = new PartialAnswer();
        WrappedText text = new WrappedText(AskResult.ANSWER, this::print);
        AiMessage message = calls.stream(request, piece -> text.add(answer.add(piece)));
        text.add(answer.rest());
        text.endWord();
        console.endLine();
        return message;
    }

    /** Whether anything was printed: the question then, and all of the answer that has come. */
    boolean begun() {
        return begun;
    }

    private void print(String text) {
        if (!begun) {
            begun = true;
            AskResult.head(question).forEach(console::line);
        }
        console.piece(text);
    }
}
