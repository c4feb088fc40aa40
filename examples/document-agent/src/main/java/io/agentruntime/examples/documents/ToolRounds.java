package io.agentruntime.examples.documents;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Asks a model as long as it calls the tool first, a few times at most. Thread-safe if what asks the model is. */
final class ToolRounds {
    /** How often a model may call the tool before it has to answer; several calls at once count once. */
    static final int MAX = 3;

    private final PassageTool tool;
    private final Function<ChatRequest, AiMessage> model;

    /**
     * Makes the rounds of one question.
     *
     * @param model asks the model once
     */
    ToolRounds(PassageTool tool, Function<ChatRequest, AiMessage> model) {
        this.tool = tool;
        this.model = model;
    }

    /** Gives the text of the answer; it is empty if the model has none. */
    String answer(ChatRequest question) {
        List<ChatMessage> messages = new ArrayList<>(question.messages());
        AiMessage said = model.apply(withTool(messages));
        for (int round = 1; said.hasToolExecutionRequests() && round <= MAX; round++) {
            messages.add(said);
            said.toolExecutionRequests().forEach(call -> messages.add(tool.run(call)));
            said = model.apply(round < MAX ? withTool(messages) : withoutTool(messages));
        }
        return Objects.requireNonNullElse(said.text(), "");
    }

    private static ChatRequest withTool(List<ChatMessage> messages) {
        return ChatRequest.builder()
                .messages(messages)
                .toolSpecifications(PassageTool.specification())
                .build();
    }

    private static ChatRequest withoutTool(List<ChatMessage> messages) {
        return ChatRequest.builder().messages(messages).build();
    }
}
