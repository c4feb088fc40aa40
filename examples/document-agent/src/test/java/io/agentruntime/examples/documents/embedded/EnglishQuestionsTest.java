package io.agentruntime.examples.documents.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.examples.documents.outline.Outline;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnglishQuestionsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "How to Bake Bread | How do I bake bread?",
                "Installing the Plugin | How do I install the plugin?",
                "Run the tests | How do I run the tests?",
                "Getting Started | How do I get started with Oven?",
                "Installation | How do I install Oven?",
                "Overview | What is Oven about?",
                "Why Another Oven | Why another oven?",
                "How it works | How does it work?",
                "When to Preheat | When should I preheat?",
                "What You'll Need | What will I need?",
                "Gas vs Electric | How do gas and electric compare?",
                "Heat Distribution | How does heat distribution work?",
                "Module Architecture | What does the module architecture look like?",
                "Safety Rules | What are the safety rules?",
                "The Challenge: Uneven Heat | What is the problem with uneven heat?",
                "Every door is locked | What does the document say about “Every door is locked”?",
                "Working with Kafka Streams | How do I work with Kafka Streams?",
            })
    void fromHeading_usualShapes_areGoodQuestions(String heading, String question) {
        Outline outline = Outline.of("# Oven\n\nWe use Kafka Streams and heat. Ovens bake bread and gas.");
        assertThat(new EnglishQuestions(outline).fromHeading(heading, List.of()))
                .isEqualTo(question);
    }
}
