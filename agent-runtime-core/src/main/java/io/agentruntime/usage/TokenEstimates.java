package io.agentruntime.usage;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Estimates tokens: by the host's estimator where there is one and it has the text, else as a quarter of the characters. */
final class TokenEstimates {

    private static final int CHARACTERS_PER_TOKEN = 4;

    private final @Nullable TokenCountEstimator estimator;
    private final Consumer<Throwable> failures;

    TokenEstimates(@Nullable TokenCountEstimator estimator, Consumer<Throwable> failures) {
        this.estimator = estimator;
        this.failures = failures;
    }

    static long ofCharacters(long characters) {
        return (characters + CHARACTERS_PER_TOKEN - 1) / CHARACTERS_PER_TOKEN;
    }

    /** Says whether the texts are needed, and not only their lengths. */
    boolean readTexts() {
        return estimator != null;
    }

    long input(Opening opening) {
        ChatRequest request = opening.request();
        if (estimator == null || request == null) {
            return ofCharacters(opening.characters());
        }
        try {
            return Math.max(0, estimator.estimateTokenCountInMessages(request.messages()))
                    + ofCharacters(TextLength.ofTools(request));
        } catch (RuntimeException e) {
            failures.accept(e);
            return ofCharacters(opening.characters());
        }
    }

    /** Estimates from the whole answer or from what was seen of it, whichever is more. */
    long output(@Nullable AiMessage answer, long seenCharacters) {
        long seen = ofCharacters(seenCharacters);
        if (answer == null) {
            return seen;
        }
        if (estimator != null) {
            try {
                return Math.max(seen, estimator.estimateTokenCountInMessage(answer));
            } catch (RuntimeException e) {
                failures.accept(e);
            }
        }
        return Math.max(seen, ofCharacters(TextLength.of(answer)));
    }
}
