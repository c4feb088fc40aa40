package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TokenCountsTest {

    private static final long MOST = Long.MAX_VALUE;

    @Test
    void of_inputAndOutput_totalIsTheirSum() {
        assertThat(TokenCounts.of(10, 5)).isEqualTo(new TokenCounts(10, 5, 0, 0, 0, 15));
        assertThat(TokenCounts.of(10, 5).withCache(3, 2).withReasoning(4).withTotal(17))
                .isEqualTo(new TokenCounts(10, 5, 3, 2, 4, 17));
    }

    @Test
    @Tag("flaw-66")
    void counts_thatCannotBe_areRejectedWithAllOfThem() {
        assertThatThrownBy(() -> TokenCounts.of(-1, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "negative number of tokens: input=-1, output=5, cacheRead=0, cacheWrite=0, reasoning=0, total=4");
        TokenCounts counts = TokenCounts.of(10, 5);
        assertThatThrownBy(() -> counts.withCache(8, 3))
                .hasMessage("part larger than its whole: input=10, output=5, cacheRead=8, cacheWrite=3, reasoning=0,"
                        + " total=15");
        assertThatThrownBy(() -> counts.withReasoning(6)).hasMessageStartingWith("part larger than its whole");
        assertThatThrownBy(() -> counts.withTotal(14)).hasMessageStartingWith("part larger than its whole");
        assertThatThrownBy(() -> counts.withCache(MOST, MOST)).hasMessageStartingWith("part larger than its whole");
        assertThatThrownBy(() -> counts.withCache(-1, 3)).hasMessageStartingWith("negative number of tokens");
    }

    @Test
    void of_moreThanFits_isTheLargestNumber() {
        assertThat(TokenCounts.of(MOST, MOST)).isEqualTo(new TokenCounts(MOST, MOST, 0, 0, 0, MOST));
        TokenCounts full = new TokenCounts(MOST, MOST, MOST - 1, 1, MOST, MOST);
        assertThat(full.plus(full)).isEqualTo(new TokenCounts(MOST, MOST, MOST, 2, MOST, MOST));
    }

    @Test
    void plus_inAnyOrder_isTheSame() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<TokenCounts> counts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            counts.add(RandomCounts.next(random, i % 20 == 0 ? MOST / 3 : 1_000_000));
        }
        TokenCounts sum = counts.stream().reduce(TokenCounts.ZERO, TokenCounts::plus);
        Collections.shuffle(counts, random);
        assertThat(counts.stream().reduce(TokenCounts.ZERO, TokenCounts::plus))
                .as("seed %d", seed)
                .isEqualTo(sum);
    }
}
