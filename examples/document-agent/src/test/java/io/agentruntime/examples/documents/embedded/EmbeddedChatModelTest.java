package io.agentruntime.examples.documents.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.embedding.onnx.HuggingFaceTokenCountEstimator;
import dev.langchain4j.model.output.FinishReason;
import io.agentruntime.examples.documents.prompts.Answer;
import io.agentruntime.examples.documents.prompts.Answers;
import io.agentruntime.examples.documents.prompts.Faq;
import io.agentruntime.examples.documents.prompts.Passage;
import io.agentruntime.examples.documents.prompts.Prompts;
import io.agentruntime.examples.documents.prompts.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedChatModelTest {
    private static final SentenceEncoder ENCODER = new SentenceEncoder();
    private static final String TEXT = """
            # Bread at home

            Bread is a food that is baked from a dough of flour and water. This guide shows how to bake it at home.

            ## Mixing the dough

            Mix 500 grams of flour with 350 grams of water and a spoon of salt. The dough must rest for twelve hours,
            because slow fermentation gives the bread its flavour. Yeast makes it rise faster.

            ## Baking

            Heat the oven to 240 degrees before the bread goes in. Steam in the first ten minutes gives a crisp crust.
            The bread is done when it sounds hollow.

            ## Storage

            Wrap the bread in a cloth and keep it at room temperature. It stays fresh for three days. Do not put it into
            the refrigerator, since cold makes it stale.
            """;

    private final EmbeddedChatModel model = new EmbeddedChatModel(ENCODER, List.of());

    @Test
    void summary_ofDocument_isMadeOfItsSentences() {
        Summary summary = Answers.summary("bread.md", text(Prompts.summary("bread.md", TEXT)));
        assertThat(summary.text()).startsWith("Bread is a food that is baked from a dough of flour and water.");
        assertThat(summary.keyPoints())
                .isNotEmpty()
                .allMatch(point -> TEXT.replace('\n', ' ').contains(point));
        assertThat(summary.keyPoints()).noneMatch(point -> summary.text().contains(point));
    }

    @Test
    void faqs_ofDocument_askForItsTopics() {
        List<Faq> faqs =
                Answers.faqs("bread.md", text(Prompts.faqs("bread.md", TEXT))).faqs();
        assertThat(faqs.get(0).question()).isEqualTo("What is Bread?");
        assertThat(faqs).extracting(Faq::question).contains("How does baking work?");
        assertThat(faqs)
                .allMatch(faq -> TEXT.replace('\n', ' ').contains(faq.answer().substring(0, 20)));
    }

    @Test
    void questions_ofDocument_differFromItsFaqs() {
        List<Faq> faqs =
                Answers.faqs("bread.md", text(Prompts.faqs("bread.md", TEXT))).faqs();
        List<String> questions = Answers.questions("bread.md", text(Prompts.questions("bread.md", TEXT)))
                .questions();
        assertThat(questions)
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allMatch(question -> question.endsWith("?"))
                .doesNotContainAnyElementsOf(faqs.stream().map(Faq::question).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Buy milk\nCall Anna\nPay rent",
                "x = 1;",
                "7",
                "[a]: http://b",
                "| a | b |",
                "Äpfel sind rot und die Birnen nicht."
            })
    void everyTask_onOddDocument_givesAUsableAnswer(String text) {
        assertThat(Answers.summary("odd", text(Prompts.summary("odd", text))).text())
                .isNotBlank();
        assertThat(Answers.faqs("odd", text(Prompts.faqs("odd", text))).faqs()).isNotEmpty();
        assertThat(Answers.questions("odd", text(Prompts.questions("odd", text)))
                        .questions())
                .isNotEmpty();
    }

    @Test
    void answer_toRelatedQuestion_namesTheSource() {
        Answer answer = ask("How hot should the oven be?");
        assertThat(answer.text()).contains("Heat the oven to 240 degrees");
        assertThat(answer.sources()).containsExactly("bread.md");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Who won the football world cup in 2014?",
                "What is the capital of France?",
                "How do I configure a database connection pool?",
                "Wer ist der Bundeskanzler?",
                "???"
            })
    void answer_toUnrelatedQuestion_saysThatNothingIsSaid(String question) {
        assertThat(ask(question)).isEqualTo(new Answer(Prompts.NO_ANSWER, List.of()));
    }

    @Test
    void response_carriesNameReasonAndTokensOfTheTokenizer() {
        HuggingFaceTokenCountEstimator tokenizer = new HuggingFaceTokenCountEstimator();
        ChatRequest request = Prompts.summary("bread.md", TEXT);
        ChatResponse response = model.chat(request);
        assertThat(model.provider()).isEqualTo(ModelProvider.OTHER);
        assertThat(response.modelName()).isEqualTo("embedded-extractive");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(response.tokenUsage().inputTokenCount())
                .isEqualTo(tokenizer.estimateTokenCountInMessages(request.messages()))
                .isGreaterThan(200);
        assertThat(response.tokenUsage().outputTokenCount())
                .isEqualTo(
                        tokenizer.estimateTokenCountInText(response.aiMessage().text()));
    }

    @Test
    void chat_answered_firesEachListenerOnce() {
        List<String> events = new ArrayList<>();
        new EmbeddedChatModel(ENCODER, List.of(recorder(events))).chat(Prompts.summary("bread.md", TEXT));
        assertThat(events).containsExactly("request", "response");
    }

    @Test
    void chat_foreignPrompt_isRejectedAndReported() {
        List<String> events = new ArrayList<>();
        EmbeddedChatModel listened = new EmbeddedChatModel(ENCODER, List.of(recorder(events)));
        assertThatThrownBy(() -> listened.chat("Tell me a joke"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("understands only the prompts of this application");
        assertThat(events).containsExactly("request", "error");
    }

    @Test
    void chat_fromEightThreads_givesTheSameAnswer() throws Exception {
        String expected = text(Prompts.faqs("bread.md", TEXT));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<String>> calls = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                calls.add(() -> text(Prompts.faqs("bread.md", TEXT)));
            }
            for (Future<String> answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private Answer ask(String question) {
        PassageIndex index = new PassageIndex(ENCODER);
        List<Passage> passages = index.rank(question, index.passages("bread.md", TEXT));
        return Answers.answer(question, text(Prompts.answer(question, passages)));
    }

    private String text(ChatRequest request) {
        return model.chat(request).aiMessage().text();
    }

    private static ChatModelListener recorder(List<String> events) {
        return new ChatModelListener() {
            @Override
            public void onRequest(ChatModelRequestContext context) {
                events.add("request");
            }

            @Override
            public void onResponse(ChatModelResponseContext context) {
                events.add("response");
            }

            @Override
            public void onError(ChatModelErrorContext context) {
                events.add("error");
            }
        };
    }
}
