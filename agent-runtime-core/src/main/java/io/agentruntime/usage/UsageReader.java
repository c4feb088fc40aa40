package io.agentruntime.usage;

import static io.agentruntime.usage.TokenCounts.sum;
import static io.agentruntime.usage.UsageFormat.Place.BESIDE;

import dev.langchain4j.model.output.TokenUsage;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the counts out of a LangChain4j {@link TokenUsage}, by the row of {@link UsageFormat#TABLE} for its class or the nearest
 * class above it that has one. Never throws; says if it met what it does not know.
 */
final class UsageReader {

    /**
     * What was read.
     *
     * @param counts the counts, {@link TokenCounts#ZERO} if the provider reported none
     * @param understood false if the class has no row of its own, or a figure could not be read and stands at 0, or was cut down to
     *     the whole that it is a part of
     */
    record Reading(TokenCounts counts, boolean understood) {}

    private static final long UNREADABLE = -1;
    private static final MethodType STEP = MethodType.methodType(Object.class, Object.class);

    private static final ClassValue<UsageReader> READERS = new ClassValue<>() {
        @Override
        protected UsageReader computeValue(Class<?> type) {
            return forClass(type);
        }
    };

    private final UsageFormat format;
    private final boolean known;
    private final Figure input;
    private final Figure output;
    private final Figure total;
    private final Figure cacheRead;
    private final Figure cacheWrite;
    private final Figure reasoning;

    private UsageReader(UsageFormat format, Class<?> owner, boolean known) {
        this.format = format;
        this.known = known;
        input = Figure.of(owner, "inputTokenCount");
        output = Figure.of(owner, "outputTokenCount");
        total = Figure.of(owner, "totalTokenCount");
        cacheRead = Figure.of(owner, format.cacheRead());
        cacheWrite = Figure.of(owner, format.cacheWrite());
        reasoning = Figure.of(owner, format.reasoning());
    }

    static Reading read(TokenUsage usage) {
        return READERS.get(usage.getClass()).counts(usage);
    }

    private static UsageReader forClass(Class<?> type) {
        for (Class<?> owner = type; owner != null && owner != TokenUsage.class; owner = owner.getSuperclass()) {
            for (UsageFormat format : UsageFormat.TABLE) {
                if (format.usageClass().equals(owner.getName())) {
                    return new UsageReader(format, owner, true);
                }
            }
        }
        return new UsageReader(UsageFormat.PLAIN, TokenUsage.class, type == TokenUsage.class);
    }

    private Reading counts(TokenUsage usage) {
        long read = cacheRead.in(usage);
        long written = cacheWrite.in(usage);
        long thought = reasoning.in(usage);
        long in = input.in(usage);
        long out = output.in(usage);
        long whole = total.in(usage);
        boolean readable = (read | written | thought | in | out | whole) >= 0;
        return combine(
                new Raw(count(in), count(out), count(read), count(written), count(thought), count(whole)),
                known && readable);
    }

    private static long count(long figure) {
        return Math.max(0, figure);
    }

    /** The figures as the provider gave them. */
    private record Raw(long input, long output, long cacheRead, long cacheWrite, long reasoning, long total) {

        /** Says whether the total has room for the reasoning beside the output, and for nothing else. */
        boolean thoughtBeside() {
            return reasoning > 0 && total - reasoning == sum(input, output);
        }
    }

    private Reading combine(Raw raw, boolean readable) {
        long cached = sum(raw.cacheRead, raw.cacheWrite);
        boolean beside =
                format.thinking() == BESIDE || raw.thoughtBeside(); // some servers that speak OpenAI's protocol do so
        long in = format.cache() == BESIDE ? sum(raw.input, cached) : raw.input;
        long out = beside ? sum(raw.output, raw.reasoning) : raw.output;
        long read = Math.min(raw.cacheRead, in);
        long written = Math.min(raw.cacheWrite, in - read);
        long thought = Math.min(raw.reasoning, out);
        TokenCounts counts = new TokenCounts(in, out, read, written, thought, Math.max(raw.total, sum(in, out)));
        return new Reading(counts, readable && cached <= in && raw.reasoning <= out);
    }

    /** Where one figure stands: what to call on the usage, what to call on the result, and so on. */
    private record Figure(@Nullable List<MethodHandle> steps) {

        static Figure of(Class<?> owner, String accessors) {
            List<MethodHandle> steps = new ArrayList<>();
            Class<?> type = owner;
            try {
                for (String accessor : accessors.isEmpty() ? new String[0] : accessors.split("\\.")) {
                    Method method = type.getMethod(accessor);
                    steps.add(MethodHandles.publicLookup().unreflect(method).asType(STEP));
                    type = method.getReturnType();
                }
            } catch (ReflectiveOperationException e) { // a version of the class that has it no more, or not yet
                return new Figure(null);
            }
            return new Figure(steps);
        }

        /** Gives the figure, 0 if there is none, or {@link #UNREADABLE}. */
        long in(TokenUsage usage) {
            if (steps == null) {
                return UNREADABLE;
            }
            Object value = steps.isEmpty() ? null : usage;
            try {
                for (int i = 0; i < steps.size() && value != null; i++) {
                    value = (Object) steps.get(i).invokeExact(value);
                }
            } catch (Throwable e) { // an accessor may throw what it likes
                return UNREADABLE;
            }
            if (value == null) {
                return 0;
            }
            return value instanceof Number number ? number.longValue() : UNREADABLE;
        }
    }
}
