package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.usage.PriceBook.Cost;
import io.agentruntime.usage.PriceBook.Rates;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PriceBookTest {

    private static final Currency USD = Currency.getInstance("USD");
    private static final Rates MINI = Rates.perMillion("0.15", "0.60").withCacheRead("0.075");
    private static final Rates DEAR = new Rates(
            new BigDecimal("3"),
            new BigDecimal("15"),
            new BigDecimal("0.3"),
            new BigDecimal("3.75"),
            new BigDecimal("20"));

    private final PriceBook book = PriceBook.builder("USD")
            .model("gpt-4", Rates.perMillion("30", "60"))
            .model("gpt-4o", Rates.perMillion("2.5", "10"))
            .model("gpt-4o-mini", MINI)
            .model("anthropic.claude-3-haiku", DEAR)
            .model("ft:gpt-4o", DEAR)
            .modelsStartingWith("ft:", MINI)
            .build();

    private static Cost usd(String amount) {
        return new Cost(new BigDecimal(amount), USD);
    }

    private static UsageEvent event(String model, TokenCounts tokens, UsageQuality quality) {
        return UsageEvent.builder(UUID.randomUUID(), Instant.EPOCH)
                .requestedModel("asked")
                .model(model)
                .tokens(tokens, quality)
                .build();
    }

    @Test
    void cost_ofPlainCounts_isInputAndOutput() {
        UsageEvent event = event("gpt-4o-mini", TokenCounts.of(1_000, 100), UsageQuality.REPORTED);
        assertThat(book.cost(event)).contains(usd("0.00021"));
    }

    @Test
    void cost_ofAllKinds_pricesEachTokenOnce() {
        TokenCounts tokens = new TokenCounts(1_000_000, 500_000, 600_000, 100_000, 200_000, 1_600_000);
        // 0.3 of 3, 0.6 of 0.3, 0.1 of 3.75, 0.3 of 15, 0.2 of 20, and 0.1 beside input and output, of 20
        assertThat(book.cost("anthropic.claude-3-haiku", tokens))
                .contains(usd("0.9")
                        .plus(usd("0.18"))
                        .plus(usd("0.375"))
                        .plus(usd("4.5"))
                        .plus(usd("4"))
                        .plus(usd("2")));
    }

    @Test
    void rates_notGiven_areThoseOfTheWhole() {
        assertThat(Rates.perMillion("1", "2"))
                .isEqualTo(new Rates(
                        BigDecimal.ONE, BigDecimal.valueOf(2), BigDecimal.ONE, BigDecimal.ONE, BigDecimal.valueOf(2)));
        assertThat(Rates.perMillion("1", "2").withCacheWrite("1.25").withReasoning("3"))
                .isEqualTo(new Rates(
                        BigDecimal.ONE,
                        BigDecimal.valueOf(2),
                        BigDecimal.ONE,
                        new BigDecimal("1.25"),
                        BigDecimal.valueOf(3)));
    }

    @Test
    void model_withAVersion_isFoundByTheLongestNameBeforeIt() {
        TokenCounts million = TokenCounts.of(1_000_000, 0);
        assertThat(book.cost("gpt-4o-mini-2024-07-18", million)).contains(usd("0.15"));
        assertThat(book.cost("gpt-4o-2024-08-06", million)).contains(usd("2.5"));
        assertThat(book.cost("gpt-4-0613", million)).contains(usd("30"));
        assertThat(book.cost("gpt-4o-latest", million)).contains(usd("2.5"));
        assertThat(book.cost("gpt-4@001", million)).contains(usd("30"));
        assertThat(book.cost("anthropic.claude-3-haiku-20240307-v1:0", million)).contains(usd("3"));
        assertThat(book.cost("anthropic.claude-3-haiku-v2:0", million)).contains(usd("3"));
        assertThat(book.cost("ft:gpt-4o-2024-08-06", million)).contains(usd("3"));
        assertThat(book.cost("ft:gpt-4o-2024-08-06:acme::1", million)).contains(usd("0.15"));
        assertThat(book.unpriced()).isZero();
    }

    @Test
    void model_thatIsAnotherOne_hasNoCostAndIsCounted() {
        List<String> others = List.of(
                "gpt-4-turbo",
                "gpt-4-32k",
                "gpt-4-1106-preview",
                "gpt-4.1",
                "gpt-4o-audio",
                "gpt-3",
                "GPT-4",
                "",
                "gpt-4o-");
        assertThat(others)
                .allSatisfy(
                        model -> assertThat(book.cost(model, TokenCounts.ZERO)).isEmpty());
        assertThat(book.unpriced()).isEqualTo(others.size());
    }

    @Test
    void cost_ofAnEvent_isThatOfTheModelThatAnswered() {
        assertThat(book.cost(event("gpt-4o", TokenCounts.of(1_000_000, 0), UsageQuality.ESTIMATED)))
                .contains(usd("2.5"));
        assertThat(book.cost(event("gpt-4o", TokenCounts.ZERO, UsageQuality.ESTIMATED)))
                .contains(usd("0"));
        assertThat(book.cost(event("gpt-4o", TokenCounts.ZERO, UsageQuality.MISSING)))
                .as("nobody knows")
                .isEmpty();
        assertThat(book.unpriced()).isEqualTo(1);
    }

    /** The same sum token by token: a token is of one kind, and has one price. */
    @Test
    void cost_ofWhatWasSaved_isNone() {
        PriceBook book =
                PriceBook.builder("USD").model("m", Rates.perMillion("1", "2")).build();
        UsageEvent hit = UsageEvent.builder(UUID.randomUUID(), Instant.EPOCH)
                .requestedModel("m")
                .tokens(TokenCounts.of(1_000_000, 1_000_000), UsageQuality.REPORTED)
                .outcome(CallOutcome.CACHED)
                .build();
        PriceBook.Tally tally = book.tally();
        tally.accept(hit);
        assertThat(book.cost(hit)).hasValue(tally.cost());
        assertThat(tally.cost().amount()).isZero();
        assertThat(tally.unpriced()).isZero();
        assertThat(book.cost(hit.model(), hit.saved()).orElseThrow().amount()).isEqualByComparingTo("3");
    }

    @Test
    void cost_ofRandomCounts_isTheSumOverTheKindsOfTokens() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            TokenCounts tokens = RandomCounts.next(random, i % 10 == 0 ? Long.MAX_VALUE / 4 : 1_000_000);
            Rates rates = new Rates(rate(random), rate(random), rate(random), rate(random), rate(random));
            BigDecimal whole = BigDecimal.valueOf(tokens.total());
            BigDecimal none = rates.cost(tokens);
            // raise every rate by one: the cost grows by one per token, whatever its kind
            Rates raised = new Rates(
                    rates.input().add(BigDecimal.ONE),
                    rates.output().add(BigDecimal.ONE),
                    rates.cacheRead().add(BigDecimal.ONE),
                    rates.cacheWrite().add(BigDecimal.ONE),
                    rates.reasoning().add(BigDecimal.ONE));
            assertThat(raised.cost(tokens).subtract(none).movePointRight(6))
                    .as("seed %d, %s", seed, tokens)
                    .isEqualByComparingTo(whole);
            // raise one rate: the cost grows by the tokens of that kind
            assertThat(with(rates, 2).cost(tokens).subtract(none).movePointRight(6))
                    .as("seed %d, %s", seed, tokens)
                    .isEqualByComparingTo(BigDecimal.valueOf(tokens.cacheRead()));
            assertThat(with(rates, 0).cost(tokens).subtract(none).movePointRight(6))
                    .as("seed %d, %s", seed, tokens)
                    .isEqualByComparingTo(
                            BigDecimal.valueOf(tokens.input() - tokens.cacheRead() - tokens.cacheWrite()));
        }
    }

    private static BigDecimal rate(Random random) {
        return new BigDecimal(BigInteger.valueOf(random.nextInt(1_000_000)), random.nextInt(8));
    }

    private static Rates with(Rates rates, int raised) {
        return new Rates(
                raised == 0 ? rates.input().add(BigDecimal.ONE) : rates.input(),
                rates.output(),
                raised == 2 ? rates.cacheRead().add(BigDecimal.ONE) : rates.cacheRead(),
                rates.cacheWrite(),
                rates.reasoning());
    }

    @Test
    void cost_ofASum_isTheSumOfTheCosts() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PriceBook.Tally tally = book.tally();
        Cost sum = usd("0");
        Map<String, TokenCounts> totals = new HashMap<>();
        for (int i = 0; i < 2_000; i++) {
            TokenCounts tokens = RandomCounts.next(random, 1_000_000);
            String model = random.nextBoolean() ? "gpt-4o-mini" : "anthropic.claude-3-haiku";
            UsageEvent event = event(model, tokens, UsageQuality.REPORTED);
            sum = sum.plus(book.cost(event).orElseThrow());
            totals.merge(model, tokens, TokenCounts::plus);
            tally.accept(event);
        }
        tally.accept(event("nobody's", TokenCounts.of(1, 1), UsageQuality.REPORTED));
        assertThat(tally.cost()).as("seed %d", seed).isEqualTo(sum);
        assertThat(tally.unpriced()).isEqualTo(1);
        Cost ofTotals = totals.entrySet().stream()
                .map(total -> book.cost(total.getKey(), total.getValue()).orElseThrow())
                .reduce(usd("0"), Cost::plus);
        assertThat(ofTotals).as("seed %d", seed).isEqualTo(sum);
    }

    @Test
    void tally_byManyThreads_isExact() throws Exception {
        PriceBook.Tally tally = book.tally();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 10_000; i++) {
                    tally.accept(event("gpt-4o-mini", TokenCounts.of(10, 1), UsageQuality.REPORTED));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tally.cost()).isEqualTo(usd("0.168"));
    }

    @Test
    void rounded_isHalfUpInTheDigitsOfTheCurrency() {
        assertThat(Stream.of("0.004", "0.005", "0.015", "2").map(PriceBookTest::usd))
                .extracting(Cost::rounded)
                .containsExactly(
                        new BigDecimal("0.00"), new BigDecimal("0.01"), new BigDecimal("0.02"), new BigDecimal("2.00"));
        assertThat(new Cost(new BigDecimal("99.5"), Currency.getInstance("JPY")).rounded())
                .isEqualTo(new BigDecimal("100"));
        assertThat(usd("100.0")).isEqualTo(usd("1E+2")).hasToString("Cost[amount=100, currency=USD]");
    }

    @Test
    void books_thatCannotBe_areRejected() {
        PriceBook.Builder builder = PriceBook.builder("EUR").model("m", MINI);
        assertThatThrownBy(() -> builder.model("m", DEAR)).hasMessage("model 'm' has two prices");
        assertThatThrownBy(() -> builder.model(" ", DEAR)).hasMessage("the name of a model is blank");
        assertThatThrownBy(() -> PriceBook.builder("dollars")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rates.perMillion("1", "-2"))
                .hasMessage("negative rate: input=1, output=-2, cacheRead=1, cacheWrite=1, reasoning=-2");
        assertThatThrownBy(() -> Rates.perMillion("1", "two")).isInstanceOf(NumberFormatException.class);
        assertThatThrownBy(() -> usd("1").plus(new Cost(BigDecimal.ONE, Currency.getInstance("EUR"))))
                .hasMessage("cannot add EUR to USD");
    }
}
