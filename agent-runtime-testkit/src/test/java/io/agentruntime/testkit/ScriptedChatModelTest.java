package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.TokenTrackingListener;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ScriptedChatModelTest {

    @Test
    void chat_followsTheScript() {
        IllegalStateException failure = new IllegalStateException("down");
        ScriptedChatModel model = ScriptedChatModel.builder()
                .modelName("m1")
                .reply("one", new TokenUsage(5, 2))
                .failure(failure)
                .reply("three")
                .build();
        ChatResponse first = model.chat(UserMessage.from("first"));
        assertThat(first.aiMessage().text()).isEqualTo("one");
        assertThat(first.metadata().modelName()).isEqualTo("m1");
        assertThat(first.metadata().tokenUsage()).isEqualTo(new TokenUsage(5, 2));
        assertThatThrownBy(() -> model.chat("second")).isSameAs(failure);
        assertThat(model.chat("third")).isEqualTo("three");
        assertThat(model.requests())
                .extracting(request -> request.messages().get(0))
                .containsExactly(UserMessage.from("first"), UserMessage.from("second"), UserMessage.from("third"));
    }

    @Test
    void chat_afterTheEndOfTheScript_fails() {
        ScriptedChatModel model = ScriptedChatModel.builder().reply("one").build();
        model.chat("first");
        assertThatThrownBy(() -> model.chat("second"))
                .isInstanceOf(AssertionError.class)
                .hasMessage("model 'scripted' was called once more than its script of 1 entries allows");
    }

    @Test
    void chat_afterTheEndOfAScriptThatRepeats_repeatsTheLastEntry() {
        ScriptedChatModel model = ScriptedChatModel.builder()
                .reply("one")
                .reply("more")
                .repeatLast()
                .build();
        assertThat(List.of(model.chat("a"), model.chat("b"), model.chat("c"))).containsExactly("one", "more", "more");
    }

    @Test
    void build_withNothingToRepeat_isRejected() {
        assertThatThrownBy(() -> ScriptedChatModel.builder().repeatLast().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("repeatLast() needs an entry to repeat");
    }

    @Test
    void chat_tellsItsListeners() {
        List<UsageEvent> events = new ArrayList<>();
        ScriptedChatModel model = ScriptedChatModel.builder()
                .reply("one", new TokenUsage(5, 2))
                .failure(new IllegalStateException("down"))
                .listener(TokenTrackingListener.createFor(UsageContext.of("acme", "test"), events::add))
                .build();
        model.chat("first");
        assertThatThrownBy(() -> model.chat("second")).hasMessage("down");
        assertThat(events)
                .extracting(UsageEvent::tokens, UsageEvent::quality, UsageEvent::outcome)
                .containsExactly(
                        tuple(TokenCounts.of(5, 2), UsageQuality.REPORTED, CallOutcome.COMPLETED),
                        tuple(TokenCounts.of(2, 0), UsageQuality.ESTIMATED, CallOutcome.FAILED));
    }

    @Test
    void chat_byManyThreads_usesEachEntryOnce() throws Exception {
        ScriptedChatModel.Builder script = ScriptedChatModel.builder();
        for (int i = 0; i < 400; i++) {
            script.reply("answer " + i);
        }
        ScriptedChatModel model = script.build();
        Set<String> answers = ConcurrentHashMap.newKeySet();
        Crowd.run(4, member -> {
            for (int i = 0; i < 100; i++) {
                answers.add(model.chat("question"));
            }
        });
        assertThat(answers).hasSize(400);
        assertThat(model.requests()).hasSize(400);
    }
}
