package io.agentruntime.testkit;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What happens next in a {@link StreamScript}. */
sealed interface StreamStep {

    record Text(String piece) implements StreamStep {}

    record Thinking(String piece) implements StreamStep {}

    record Tool(ToolExecutionRequest call, List<String> pieces) implements StreamStep {}

    record Raw(Object event) implements StreamStep {}

    record Stall(CompletableFuture<?> until) implements StreamStep {}
}
