package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import io.agentruntime.executor.ContextualExecutors;
import io.agentruntime.executor.RuntimeThreads;
import io.agentruntime.executor.Workload;
import io.agentruntime.executor.WorkloadExecutor;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.resilience.ToolRetry.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Turns of a real AI service whose model calls everything that can go wrong. */
@Tag("flaw-58")
class ToolTurnTest {

    interface Assistant {
        String chat(String question);
    }

    static final class Tools {

        private final AtomicInteger charges = new AtomicInteger();

        @Tool
        public String fine(@P(name = "n", value = "a number") int n) {
            return "fine " + n;
        }

        @Tool
        public String broken() {
            charges.incrementAndGet();
            throw new IllegalStateException("password=secret");
        }

        @Tool
        public String fatal() {
            if (charges.get() >= 0) {
                throw new StackOverflowError();
            }
            return "never";
        }

        @Tool
        @Idempotent
        public Object unwritable() {
            List<Object> circle = new ArrayList<>();
            circle.add(circle);
            return circle;
        }
    }

    /** Asks for tools once, then answers with what it was given. */
    private static final class Model implements ChatModel {

        private final List<List<ChatMessage>> requests = new ArrayList<>();

        @Override
        public ChatResponse doChat(ChatRequest request) {
            requests.add(request.messages());
            return ChatResponse.builder()
                    .aiMessage(
                            requests.size() == 1
                                    ? AiMessage.from(List.of(
                                            call("1", "fine", "{\"n\": 7}"),
                                            call("2", "broken", "{}"),
                                            call("3", "fine", "{\"n\": \"seven\"}"),
                                            call("4", "fine", "{no json"),
                                            call("5", "fatal", "{}"),
                                            call("6", "unwritable", "{}")))
                                    : AiMessage.from("answer"))
                    .build();
        }

        private static ToolExecutionRequest call(String id, String tool, String arguments) {
            return ToolExecutionRequest.builder()
                    .id(id)
                    .name(tool)
                    .arguments(arguments)
                    .build();
        }

        private List<String> results() {
            return requests.get(1).stream()
                    .filter(ToolExecutionResultMessage.class::isInstance)
                    .map(ToolExecutionResultMessage.class::cast)
                    .map(result -> result.id() + " " + result.text())
                    .toList();
        }
    }

    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, RuntimeThreads.of("tool-turn-test"));
    private final WorkloadExecutor pool = WorkloadExecutor.create(new Workload("tools", 1, 0));
    private final Model model = new Model();
    private final Tools tools = new Tools();

    @AfterEach
    void stop() throws InterruptedException {
        timer.shutdownNow();
        pool.stop(Deadline.after(Duration.ofSeconds(20)));
    }

    private void assertTurnIsWhole(Assistant assistant, MessageWindowChatMemory memory) {
        assertThat(assistant.chat("question")).isEqualTo("answer");
        assertThat(model.results())
                .containsExactly(
                        "1 fine 7",
                        "2 " + Problem.FAILED.text(),
                        "3 " + Problem.ARGUMENTS.text(),
                        "4 " + Problem.ARGUMENTS.text(),
                        "5 " + Problem.FAILED.text(),
                        "6 " + Problem.FAILED.text());
        assertThat(tools.charges).hasValue(1);
        assertThat(memory.messages()).hasSize(1 + 1 + 6 + 1);
    }

    private AiServices<Assistant> service(MessageWindowChatMemory memory) {
        ToolRetry retry = ToolRetry.builder(timer).executor(pool).build();
        return AiServices.builder(Assistant.class)
                .chatModel(model)
                .chatMemory(memory)
                .tools(retry.wrapTools(tools));
    }

    @Test
    void turn_whateverItsToolsDo_hasOneResultForEachCall() {
        MessageWindowChatMemory memory = MessageWindowChatMemory.withMaxMessages(50);
        assertTurnIsWhole(service(memory).build(), memory);
    }

    @Test
    void turn_withConcurrentToolsOnASmallPool_hasOneResultForEachCall() {
        MessageWindowChatMemory memory = MessageWindowChatMemory.withMaxMessages(50);
        assertTurnIsWhole(
                service(memory)
                        .executeToolsConcurrently(ContextualExecutors.forTools(pool))
                        .build(),
                memory);
    }

    @Test
    void turn_thatRunsOnThePoolOfItsTools_ends() {
        MessageWindowChatMemory memory = MessageWindowChatMemory.withMaxMessages(50);
        Assistant assistant = service(memory).build();
        pool.submit(() -> assertTurnIsWhole(assistant, memory)).join();
    }
}
