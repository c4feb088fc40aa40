package io.agentruntime.examples.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.service.tool.ToolExecutor;
import io.agentruntime.AgentRuntime;
import io.agentruntime.examples.documents.prompts.Passage;
import io.agentruntime.examples.documents.prompts.Prompts;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A tool by which a model looks for passages itself. Each call has one result, whatever goes wrong. Thread-safe; calls block. */
final class PassageTool {
    /** Its name, for the model. */
    static final String NAME = "find_passages";

    private static final String QUERY = "query";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper json = new ObjectMapper();

    private final ToolExecutor executor;

    /**
     * Makes the tool.
     *
     * @param search finds passages, on the query pool; what it fails with is told to the model in general words
     */
    PassageTool(AgentRuntime runtime, Function<String, List<Passage>> search) {
        this.executor = runtime.toolRetry()
                .executor(runtime.executors().query())
                .idempotent(NAME) // a search changes nothing
                .timeout(TIMEOUT)
                .build()
                .wrap(NAME, (call, memory) -> Prompts.passages(search.apply(query(call))));
    }

    /** Tells a model what there is to call. */
    static ToolSpecification specification() {
        return ToolSpecification.builder()
                .name(NAME)
                .description("Looks in all documents for the passages that are closest to a query. "
                        + "Call it if the passages that you have do not answer the question.")
                .parameters(JsonObjectSchema.builder()
                        .addStringProperty(QUERY, "what to look for, in the words that a document would use")
                        .required(QUERY)
                        .build())
                .build();
    }

    /** Does what a model has called for, or says why not. */
    ToolExecutionResultMessage run(ToolExecutionRequest call) {
        String text = NAME.equals(call.name()) ? executor.execute(call, call.id()) : "There is no such tool.";
        return ToolExecutionResultMessage.from(call, text);
    }

    private static String query(ToolExecutionRequest call) {
        try {
            String query = json.readTree(call.arguments()).path(QUERY).asText();
            if (!query.isBlank()) {
                return query;
            }
            throw new ToolArgumentsException("no " + QUERY);
        } catch (JsonProcessingException e) {
            throw new ToolArgumentsException(e);
        }
    }
}
