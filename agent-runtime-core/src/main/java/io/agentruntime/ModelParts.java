package io.agentruntime;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.agentruntime.chat.ModelHttpTransport;
import io.agentruntime.chat.RuntimeChatModel;
import io.agentruntime.chat.RuntimeStreamingChatModel;
import io.agentruntime.executor.ExecutorRegistry;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.resilience.ModelRetry;
import io.agentruntime.resilience.ToolRetry;
import io.agentruntime.usage.UsageLedger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** What the models of a runtime share: a timer, the wire, the account, and one budget for retries. */
final class ModelParts {

    /** What is due runs there for a moment only: alarms, waits that end, the next attempt of an asynchronous call. */
    private static final Workload TIMER = new Workload("timer", 2, 100_000);

    private static final Duration REAP_INTERVAL = Duration.ofMinutes(1);

    /** Longer than any model thinks before it says something. */
    private static final Duration REAP_SILENCE = Duration.ofMinutes(30);

    private final WorkloadExecutor timer = WorkloadExecutor.create(TIMER);
    private final ExecutorRegistry executors;
    private final UsageLedger ledger;
    private final ModelHttpTransport transport;
    private final ModelRetry retry;

    ModelParts(ExecutorRegistry executors, UsageLedger ledger) {
        this.executors = executors;
        this.ledger = ledger;
        this.transport = ModelHttpTransport.builder(executors.io(), timer).build();
        this.retry = ModelRetry.builder("models", timer).build();
    }

    ModelHttpTransport transport() {
        return transport;
    }

    UsageLedger ledger() {
        return ledger;
    }

    /** For what is to happen later, and takes no time then. */
    ScheduledExecutorService timer() {
        return timer;
    }

    RuntimeChatModel.Builder decorate(ChatModel model) {
        return RuntimeChatModel.builder(model, executors.agent(), timer)
                .retry(retry)
                .ledger(ledger);
    }

    RuntimeStreamingChatModel.Builder decorate(StreamingChatModel model) {
        return RuntimeStreamingChatModel.builder(model, executors.io(), timer)
                .retry(retry)
                .ledger(ledger);
    }

    ToolRetry.Builder tools() {
        return ToolRetry.builder(timer).executor(executors.io());
    }

    /** In the order of the start. Tasks of the executors use all of it, so it stops after them. */
    List<Managed> components() {
        return List.of(timer, reapedLedger(), openTransport());
    }

    private Managed reapedLedger() {
        return new Managed() {

            @Override
            public String name() {
                return ledger.name();
            }

            @Override
            public void start() {
                ledger.reapEvery(REAP_INTERVAL, REAP_SILENCE, timer);
            }

            @Override
            public long stop(Deadline deadline) {
                return ledger.stop(deadline);
            }
        };
    }

    /** The transport takes new calls until it is stopped, for tasks that finish make some. */
    private Managed openTransport() {
        return new Managed() {

            @Override
            public String name() {
                return transport.name();
            }

            @Override
            public long stop(Deadline deadline) throws InterruptedException {
                return transport.stop(deadline);
            }
        };
    }
}
