package io.agentruntime.usage;

import java.util.Random;

/** Counts that can be, at random. */
final class RandomCounts {

    private RandomCounts() {}

    static TokenCounts next(Random random, long most) {
        long input = below(random, most);
        long output = below(random, most);
        long read = below(random, input);
        long written = below(random, input - read);
        long reasoning = below(random, output);
        long beside = random.nextBoolean() ? 0 : below(random, most);
        TokenCounts counts =
                TokenCounts.of(input, output).withCache(read, written).withReasoning(reasoning);
        return counts.withTotal(TokenCounts.sum(counts.total(), beside));
    }

    private static long below(Random random, long most) {
        return random.nextInt(10) == 0 ? 0 : (long) (random.nextDouble() * most);
    }
}
