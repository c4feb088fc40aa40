package io.agentruntime.resilience;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;

/** A tool that always has a result, after as many attempts as it may have. */
final class RetryingTool implements ToolExecutor {

    private final String name;
    private final ToolExecutor tool;
    private final ToolCalls calls;
    private final boolean idempotent;

    RetryingTool(String name, ToolExecutor tool, ToolCalls calls, boolean idempotent) {
        this.name = name;
        this.tool = tool;
        this.calls = calls;
        this.idempotent = idempotent;
    }

    @Override
    public ToolExecutionResult executeWithContext(ToolExecutionRequest request, InvocationContext context) {
        return calls.run(name, idempotent, () -> whole(tool.executeWithContext(request, context)));
    }

    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
        return calls.run(
                        name,
                        idempotent,
                        () -> ToolExecutionResult.builder()
                                .resultText(tool.execute(request, memoryId))
                                .build())
                .resultText();
    }

    /** Writes the text of a result now, on the tool's thread: where LangChain4j asks for it nobody would catch what goes wrong. */
    private static ToolExecutionResult whole(ToolExecutionResult result) {
        if (result.resultContents() == null) {
            throw new IllegalStateException("a tool's result has no contents");
        }
        return result;
    }
}
