package io.agentruntime.usage;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures how many characters a model reads and writes. Copies no text, so that it can be done for every call.
 *
 * <p>Counted are texts, thoughts, the requests and results of tools, and names and descriptions of tools and of their parameters. What
 * is not text, such as an image, counts as 0.
 */
final class TextLength {

    private TextLength() {}

    static long of(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    static long ofMessages(ChatRequest request) {
        long length = 0;
        for (ChatMessage message : request.messages()) {
            length += of(message);
        }
        return length;
    }

    static long ofTools(ChatRequest request) {
        long length = 0;
        for (ToolSpecification tool : request.toolSpecifications()) {
            length += of(tool.name()) + of(tool.description()) + of(tool.parameters());
        }
        return length;
    }

    private static long of(ChatMessage message) {
        if (message instanceof UserMessage user) {
            return ofContents(user.contents());
        }
        if (message instanceof AiMessage answer) {
            return of(answer);
        }
        if (message instanceof SystemMessage system) {
            return of(system.text());
        }
        return message instanceof ToolExecutionResultMessage result ? ofContents(result.contents()) : 0;
    }

    static long of(AiMessage answer) {
        long length = of(answer.text()) + of(answer.thinking());
        for (ToolExecutionRequest request : answer.toolExecutionRequests()) {
            length += of(request.name()) + of(request.arguments());
        }
        return length;
    }

    private static long ofContents(List<Content> contents) {
        long length = 0;
        for (Content content : contents) {
            length += content instanceof TextContent text ? of(text.text()) : 0;
        }
        return length;
    }

    private static long of(@Nullable JsonObjectSchema schema) {
        if (schema == null) {
            return 0;
        }
        long length = of(schema.description());
        for (Map.Entry<String, JsonSchemaElement> property : schema.properties().entrySet()) {
            JsonSchemaElement element = property.getValue();
            length += of(property.getKey());
            length += element instanceof JsonObjectSchema inner ? of(inner) : of(element.description());
        }
        return length;
    }
}
