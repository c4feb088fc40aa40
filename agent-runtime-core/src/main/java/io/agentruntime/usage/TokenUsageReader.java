package io.agentruntime.usage;

import dev.langchain4j.model.output.TokenUsage;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the counts out of LangChain4j's {@link TokenUsage} and its subclasses.
 *
 * <p>The subclasses live in modules that an application may not have, so they are read by the names of their accessors. OpenAI's
 * {@code inputTokensDetails().cachedTokens()} is a part of the input, as it is here.
 */
final class TokenUsageReader {

    private static final ClassValue<Optional<Method>> inputTokensDetails = accessor("inputTokensDetails");
    private static final ClassValue<Optional<Method>> cachedTokens = accessor("cachedTokens");

    private TokenUsageReader() {}

    static TokenCounts read(TokenUsage usage) throws ReflectiveOperationException {
        long input = count(usage.inputTokenCount());
        long output = count(usage.outputTokenCount());
        long total = Math.max(count(usage.totalTokenCount()), input + output);
        Object details = call(inputTokensDetails, usage);
        long cached = details != null && call(cachedTokens, details) instanceof Integer tokens ? count(tokens) : 0;
        return new TokenCounts(input, output, Math.min(cached, input), total);
    }

    private static long count(@Nullable Integer tokens) {
        return tokens == null ? 0 : Math.max(0, tokens);
    }

    private static @Nullable Object call(ClassValue<Optional<Method>> accessor, Object target)
            throws ReflectiveOperationException {
        Method method = accessor.get(target.getClass()).orElse(null);
        return method == null ? null : method.invoke(target);
    }

    private static ClassValue<Optional<Method>> accessor(String name) {
        return new ClassValue<>() {
            @Override
            protected Optional<Method> computeValue(Class<?> type) {
                return Arrays.stream(type.getMethods())
                        .filter(method -> method.getName().equals(name) && method.getParameterCount() == 0)
                        .findFirst();
            }
        };
    }
}
