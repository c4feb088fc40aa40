package io.agentruntime.chat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.audio.Audio;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.anthropic.AnthropicChatRequestParameters;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that decides an answer, each part of it as a dial says: every part has one dial, and another position of it makes another part.
 * Position 0 leaves out what may be left out.
 */
final class DialledRequest {

    static final int POSITIONS = 3; // a Boolean that may be missing has no more

    private static final List<ImageContent.DetailLevel> DETAILS =
            List.of(ImageContent.DetailLevel.LOW, ImageContent.DetailLevel.HIGH, ImageContent.DetailLevel.AUTO);

    private final int[] dials;
    private int used;

    private DialledRequest(int[] dials) {
        this.dials = dials;
    }

    /** How many dials there are. */
    static int count() {
        DialledRequest request = new DialledRequest(new int[1_000]);
        request.parts();
        return request.used;
    }

    static Object[] of(int[] dials) {
        return new DialledRequest(dials).parts();
    }

    private Object[] parts() {
        return new Object[] {text("organisation"), text("name"), provider(), openAi(), request()};
    }

    private int dial() {
        return dials[used++];
    }

    private String text(String what) {
        return what + dial();
    }

    private String maybe(String what) {
        int position = dial();
        return position == 0 ? null : position == 1 ? "" : what + position;
    }

    private Integer number() {
        int position = dial();
        return position == 0 ? null : Integer.valueOf(position);
    }

    private Double fraction() {
        Integer position = number();
        return position == null ? null : position / 10.0;
    }

    private Boolean yes() {
        return new Boolean[] {null, false, true}[dial()];
    }

    private ModelProvider provider() {
        return List.of(ModelProvider.OTHER, ModelProvider.OPEN_AI, ModelProvider.ANTHROPIC)
                .get(dial());
    }

    private Map<String, Object> attributes() {
        Map<String, Object> map = new HashMap<>();
        map.put("key" + dial(), "value" + dial());
        Object[] values = {1, 1L, "1", List.of("1")};
        map.put("kind", values[dial()]);
        map.put("inner", Map.of("a", List.of(dial(), dial())));
        return map;
    }

    private OpenAiChatRequestParameters openAi() {
        return OpenAiChatRequestParameters.builder()
                .modelName(maybe("model"))
                .temperature(fraction())
                .seed(number())
                .user(maybe("user"))
                .maxCompletionTokens(number())
                .logitBias(Map.of("token" + dial(), dial()))
                .metadata(Map.of("key", text("metadata")))
                .serviceTier(maybe("tier"))
                .reasoningEffort(maybe("effort"))
                .topLogprobs(number())
                .customParameters(Map.of("custom", attributes()))
                .build();
    }

    private ChatRequest request() {
        List<ChatMessage> messages = new ArrayList<>(
                List.of(SystemMessage.from(text("system")), user(), ai(), result(), CustomMessage.from(attributes())));
        ChatMessage last = messages.remove(4);
        messages.add(1 + dial(), last);
        return ChatRequest.builder().messages(messages).parameters(parameters()).build();
    }

    private UserMessage user() {
        return UserMessage.builder()
                .name(maybe("name"))
                .contents(List.of(
                        TextContent.from(text("text")),
                        ImageContent.from(
                                Image.builder()
                                        .base64Data(text("image"))
                                        .mimeType(maybe("type"))
                                        .revisedPrompt(maybe("revised"))
                                        .build(),
                                DETAILS.get(dial())),
                        AudioContent.from(Audio.builder()
                                .base64Data(maybe("audio"))
                                .binaryData(new byte[] {1, (byte) dial()}) // toString leaves it out
                                .mimeType(maybe("type"))
                                .build()),
                        VideoContent.from(text("video"), text("type")),
                        PdfFileContent.from(text("pdf"), text("type"))))
                .attributes(attributes())
                .build();
    }

    private AiMessage ai() {
        return AiMessage.builder()
                .text(maybe("answer"))
                .thinking(maybe("thought"))
                .toolExecutionRequests(List.of(ToolExecutionRequest.builder()
                        .id(maybe("id"))
                        .name(text("tool"))
                        .arguments(text("{}"))
                        .build()))
                .attributes(attributes())
                .build();
    }

    private ToolExecutionResultMessage result() {
        return ToolExecutionResultMessage.builder()
                .id(maybe("id"))
                .toolName(maybe("tool"))
                .contents(TextContent.from(text("result")))
                .isError(yes())
                .attributes(attributes())
                .build();
    }

    private ChatRequestParameters parameters() {
        ChatRequestParameters common = DefaultChatRequestParameters.builder()
                .modelName(maybe("model"))
                .temperature(fraction())
                .topP(fraction())
                .topK(number())
                .frequencyPenalty(fraction())
                .presencePenalty(fraction())
                .maxOutputTokens(number())
                .stopSequences(List.of(text("stop"), text("end")))
                .toolSpecifications(tool(), tool())
                .toolChoice(new ToolChoice[] {null, ToolChoice.AUTO, ToolChoice.REQUIRED, ToolChoice.NONE}[dial()])
                .responseFormat(format())
                .build();
        return AnthropicChatRequestParameters.builder()
                .overrideWith(common)
                .thinkingBudgetTokens(number())
                .userId(maybe("user"))
                .toolChoiceName(maybe("choice"))
                .build();
    }

    private ToolSpecification tool() {
        return ToolSpecification.builder()
                .name(text("tool"))
                .description(maybe("description"))
                .parameters(schema())
                .metadata(attributes())
                .strict(yes())
                .build();
    }

    private ResponseFormat format() {
        return ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name(text("schema"))
                        .rootElement(schema())
                        .build())
                .build();
    }

    private JsonObjectSchema schema() {
        String first = "a" + dial();
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder()
                .description(maybe("object"))
                .addProperty(first, element())
                .addProperty("array", JsonArraySchema.builder().items(element()).build())
                .addProperty(
                        "choice",
                        JsonAnyOfSchema.builder()
                                .anyOf(
                                        JsonEnumSchema.builder()
                                                .enumValues(text("one"), "two")
                                                .build(),
                                        JsonReferenceSchema.builder()
                                                .reference(text("there"))
                                                .build(),
                                        JsonRawSchema.from(text("{}")))
                                .build())
                .required(first)
                .definitions(Map.of("there", element()));
        return schema.additionalProperties(yes()).build();
    }

    private JsonSchemaElement element() {
        JsonSchemaElement[] kinds = {
            new JsonStringSchema(),
            JsonStringSchema.builder().description("a text").build(),
            new JsonBooleanSchema(),
            new JsonNullSchema()
        };
        return kinds[dial()];
    }
}
