package io.agentruntime.testkit.chat;

import dev.langchain4j.model.chat.ChatModel;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.testkit.ChatModelContract;
import org.junit.jupiter.api.AfterEach;

class RuntimeChatModelContractTest extends ChatModelContract {

    private final WorkloadExecutor executor = WorkloadExecutor.create(new Workload("models", 4, 100));

    @AfterEach
    void stop() throws InterruptedException {
        executor.stop(Deadline.after(ModelHouse.LIMIT));
    }

    @Override
    protected ChatModel decorate(ChatModel delegate) {
        return RuntimeChatModel.builder(delegate, executor, executor)
                .retry(ModelRetry.builder("once", executor).attempts(1).build())
                .build();
    }
}
