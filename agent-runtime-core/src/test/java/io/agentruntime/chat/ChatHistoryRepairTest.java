package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatHistoryRepairTest {

    private static final UserMessage user = UserMessage.from("hello");

    private static ToolExecutionRequest request(String id, String name) {
        return ToolExecutionRequest.builder().id(id).name(name).arguments("{}").build();
    }

    private static AiMessage calls(String... ids) {
        return AiMessage.from(
                List.of(ids).stream().map(id -> request(id, "tool-" + id)).toList());
    }

    private static ToolExecutionResultMessage result(String id) {
        return ToolExecutionResultMessage.from(id, "tool-" + id, "result of " + id);
    }

    @Test
    void missingResults_areAddedAsErrorsBehindThoseThatAreThere() {
        var repaired = ChatHistoryRepair.repair(List.of(user, calls("a", "b", "c"), result("b"), user));
        assertThat(repaired.added()).isEqualTo(2);
        assertThat(repaired.dropped()).isZero();
        assertThat(repaired.messages()).hasSize(6);
        assertThat(repaired.messages().subList(0, 3)).containsExactly(user, calls("a", "b", "c"), result("b"));
        assertThat(repaired.messages().get(5)).isEqualTo(user);
        assertThat((ToolExecutionResultMessage) repaired.messages().get(3)).satisfies(added -> {
            assertThat(added.id()).isEqualTo("a");
            assertThat(added.toolName()).isEqualTo("tool-a");
            assertThat(added.isError()).isTrue();
            assertThat(added.text()).contains("interrupted");
        });
    }

    @Test
    void resultsWithoutACall_andDuplicates_areDropped() {
        var repaired = ChatHistoryRepair.repair(
                List.of(result("x"), user, result("y"), calls("a"), result("a"), result("a"), result("z"), user));
        assertThat(repaired.messages()).containsExactly(user, calls("a"), result("a"), user);
        assertThat(repaired.dropped()).isEqualTo(4);
        assertThat(repaired.changed()).isTrue();
    }

    @Test
    void callsWithoutIdentifiers_areMatchedByName() {
        AiMessage calls = AiMessage.from(List.of(request(null, "f"), request(null, "g"), request(null, "f")));
        var f = ToolExecutionResultMessage.from(null, "f", "1");
        var g = ToolExecutionResultMessage.from(null, "g", "2");
        assertThat(ChatHistoryRepair.repair(List.of(calls, g, f, f)).changed()).isFalse();
        var repaired = ChatHistoryRepair.repair(List.of(calls, g, f, g));
        assertThat(repaired.added()).isEqualTo(1);
        assertThat(repaired.dropped()).isEqualTo(1);
    }

    @Test
    void validHistory_isLeftAlone() {
        List<ChatMessage> valid = List.of(
                SystemMessage.from("be kind"), user, calls("a", "b"), result("b"), result("a"), AiMessage.from("done"));
        var repaired = ChatHistoryRepair.repair(valid);
        assertThat(repaired.messages()).isEqualTo(valid);
        assertThat(repaired.changed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void anyHistory_isValidAfterwards_keepsTheRest_andStaysAsItIs(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            List<ChatMessage> history = history(random);
            var repaired = ChatHistoryRepair.repair(history);
            assertThat(isValid(repaired.messages()))
                    .as("seed %d, round %d: %s", seed, round, history)
                    .isTrue();
            assertThat(others(repaired.messages())).isEqualTo(others(history));
            assertThat(repaired.messages()).hasSize(history.size() + repaired.added() - repaired.dropped());
            assertThat(ChatHistoryRepair.repair(repaired.messages()))
                    .isEqualTo(new ChatHistoryRepair.Repaired(repaired.messages(), 0, 0));
            assertThat(repaired.changed()).isEqualTo(!isValid(history));
        }
    }

    private static List<ChatMessage> history(Random random) {
        List<ChatMessage> history = new ArrayList<>();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            String id = String.valueOf((char) ('a' + random.nextInt(4)));
            String other = String.valueOf((char) ('e' + random.nextInt(2)));
            switch (random.nextInt(6)) {
                case 0 -> history.add(UserMessage.from("user " + i));
                case 1 -> history.add(AiMessage.from("ai " + i));
                case 2 -> history.add(calls(id, other));
                case 3 -> history.add(result(other));
                default -> history.add(result(id));
            }
        }
        return history;
    }

    private static List<ChatMessage> others(List<ChatMessage> messages) {
        return messages.stream()
                .filter(message -> !(message instanceof ToolExecutionResultMessage))
                .toList();
    }

    /** The providers' rule, by identifiers. */
    private static boolean isValid(List<ChatMessage> messages) {
        List<String> open = new ArrayList<>();
        for (ChatMessage message : messages) {
            if (message instanceof ToolExecutionResultMessage result) {
                if (!open.remove(result.id())) {
                    return false;
                }
            } else if (!open.isEmpty()) {
                return false;
            } else if (message instanceof AiMessage ai) {
                ai.toolExecutionRequests().forEach(request -> open.add(request.id()));
            }
        }
        return open.isEmpty();
    }

    @Test
    void store_leavesACallThatIsUnderWayAlone_andMendsWhatACrashLeft() {
        InMemoryChatMemoryStore plain = new InMemoryChatMemoryStore();
        ChatMemoryStore store = ChatHistoryRepair.repairing(plain);
        MessageWindowChatMemory memory = MessageWindowChatMemory.builder()
                .id("s")
                .maxMessages(20)
                .chatMemoryStore(store)
                .build();
        memory.add(user);
        memory.add(calls("a", "b"));
        memory.add(result("a"));
        assertThat(memory.messages()).containsExactly(user, calls("a", "b"), result("a"));
        memory.add(UserMessage.from("are you there?")); // after a crash
        assertThat(isValid(memory.messages())).isTrue();
        assertThat(memory.messages()).hasSize(5).contains(result("a"));
        memory.add(AiMessage.from("yes"));
        assertThat(isValid(plain.getMessages("s"))).isTrue(); // what was mended is kept at the next write
        memory.clear();
        assertThat(plain.getMessages("s")).isEmpty();
    }
}
