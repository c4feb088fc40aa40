package io.agentruntime.usage;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, by the host's own prices: the library brings none.
 *
 * <pre>{@code
 * PriceBook prices = PriceBook.builder("USD")
 *         .model("gpt-4o-mini", Rates.perMillion("0.15", "0.60").withCacheRead("0.075"))
 *         .model("claude-sonnet-4-5", Rates.perMillion("3", "15").withCacheRead("0.30").withCacheWrite("3.75"))
 *         .build();
 * prices.cost(event).ifPresentOrElse(cost -> bill.add(cost), () -> unpriced.add(event));
 * }</pre>
 *
 * <p>A model is found by its exact name, else by the longest entry that fits: one whose name is followed by a version, or a prefix. A
 * version is a separator ({@code -}, {@code @} or {@code :}) and at least three digits, {@code v} and a number, or {@code latest}, with
 * further numbers: {@code gpt-4o-mini-2024-07-18} and {@code anthropic.claude-3-haiku-20240307-v1:0} are versions of what stands before,
 * {@code gpt-4-turbo}, {@code gpt-4o} and {@code gpt-4-32k} are none of {@code gpt-4}. What is not found has no cost, rather than none.
 *
 * <p>Each token is priced once: the parts of the input that came out of the cache or went into it at their own rates and the rest at
 * that of the input; the reasoning at its own rate and the rest of the output at that of the output. Tokens that only the
 * provider's total has are priced as reasoning, which is what they have turned out to be where a provider says nothing more.
 *
 * <p>Costs are exact decimals and never rounded on the way, so that a sum of costs is the cost of the sum; {@link Cost#rounded} rounds
 * once, at the end. Thread-safe; the prices are immutable.
 */
public final class PriceBook {

    private static final Pattern VERSION = Pattern.compile("[-@:](\\d{3,}|v\\d+|latest)([-@:.]v?\\d+)*");

    private final Currency currency;
    private final Map<String, Rates> models;
    private final Map<String, Rates> prefixes;
    private final LongAdder unpriced = new LongAdder();

    private PriceBook(Builder builder) {
        currency = builder.currency;
        models = Map.copyOf(builder.models);
        prefixes = Map.copyOf(builder.prefixes);
    }

    /**
     * Begins to write down prices.
     *
     * @param currency the ISO 4217 code of the currency of all of them, such as {@code USD}
     * @return a builder without entries
     * @throws IllegalArgumentException if there is no such currency
     */
    public static Builder builder(String currency) {
        return new Builder(Currency.getInstance(currency));
    }

    /**
     * Says what a call has cost, by the model that answered. An answer without a call, see {@link CallOutcome#CACHED}, has cost nothing;
     * what it has saved is {@code cost(event.model(), event.saved())}.
     *
     * @param event the call
     * @return the cost, 0 if the call cost nothing; empty if the book does not have the model, or the tokens are {@link
     *     UsageQuality#MISSING}
     */
    public Optional<Cost> cost(UsageEvent event) {
        return event.outcome() == CallOutcome.CACHED
                ? Optional.of(new Cost(BigDecimal.ZERO, currency))
                : priced(rates(event)).map(rates -> cost(rates, event.tokens()));
    }

    /**
     * Says what tokens of one model cost, such as a total over many calls.
     *
     * @param model the name of the model
     * @param tokens the counts
     * @return the cost; empty if the book does not have the model
     */
    public Optional<Cost> cost(String model, TokenCounts tokens) {
        return priced(find(model)).map(rates -> cost(rates, tokens));
    }

    private Cost cost(Rates rates, TokenCounts tokens) {
        return new Cost(rates.cost(tokens), currency);
    }

    private Optional<Rates> priced(@Nullable Rates rates) {
        if (rates == null) {
            unpriced.increment();
        }
        return Optional.ofNullable(rates);
    }

    private @Nullable Rates rates(UsageEvent event) {
        return event.quality() == UsageQuality.MISSING ? null : find(event.model());
    }

    private @Nullable Rates find(String model) {
        Rates exact = models.get(model);
        for (int end = model.length(); exact == null && end > 0; end--) {
            String name = model.substring(0, end);
            if (models.containsKey(name)
                    && VERSION.matcher(model).region(end, model.length()).matches()) {
                return models.get(name);
            }
            exact = prefixes.get(name);
        }
        return exact;
    }

    /**
     * Tells how often there was no answer.
     *
     * @return how often a cost was empty
     */
    public long unpriced() {
        return unpriced.sum();
    }

    /**
     * Makes something that adds up the costs of the events that pass by.
     *
     * @return a tally that stands at 0
     */
    public Tally tally() {
        return new Tally(this);
    }

    /**
     * Adds up costs, exactly and under any number of threads; thread-safe. Keeps one sum per price, not per event.
     *
     * <p>Chain it with another receiver: {@code UsageLedger.create(prices.tally().andThen(queue::enqueue))}.
     */
    public static final class Tally implements Consumer<UsageEvent> {

        private final PriceBook book;
        private final Map<Rates, UsageTally> sums = new ConcurrentHashMap<>();
        private final LongAdder unpriced = new LongAdder();

        private Tally(PriceBook book) {
            this.book = book;
        }

        /**
         * Adds one event.
         *
         * @param event what to add
         */
        @Override
        public void accept(UsageEvent event) {
            if (event.outcome() == CallOutcome.CACHED) {
                return; // has cost nothing
            }
            Rates rates = book.priced(book.rates(event)).orElse(null);
            if (rates == null) {
                unpriced.increment();
            } else {
                sums.computeIfAbsent(rates, unused -> new UsageTally()).accept(event);
            }
        }

        /**
         * Tells what the events have cost together, without the unpriced ones.
         *
         * @return the sum
         */
        public Cost cost() {
            BigDecimal sum = BigDecimal.ZERO;
            for (Map.Entry<Rates, UsageTally> entry : sums.entrySet()) {
                sum = sum.add(entry.getKey().cost(entry.getValue().tokens()));
            }
            return new Cost(sum, book.currency);
        }

        /**
         * Tells how many events the sum leaves out.
         *
         * @return the number of events whose cost is not known
         */
        public long unpriced() {
            return unpriced.sum();
        }
    }

    /**
     * An exact amount of money. Immutable and thread-safe.
     *
     * @param amount the amount, without zeros at the end
     * @param currency what it is in
     */
    public record Cost(BigDecimal amount, Currency currency) {

        /** Takes the zeros at the end off, so that equal amounts are equal. */
        public Cost {
            requireNonNull(currency, "currency");
            BigDecimal shortest = amount.stripTrailingZeros();
            amount = shortest.scale() < 0 ? shortest.setScale(0) : shortest;
        }

        /**
         * Adds up.
         *
         * @param other what to add
         * @return the exact sum
         * @throws IllegalArgumentException if it is in another currency
         */
        public Cost plus(Cost other) {
            if (!currency.equals(other.currency)) {
                throw new IllegalArgumentException("cannot add " + other.currency + " to " + currency);
            }
            return new Cost(amount.add(other.amount), currency);
        }

        /**
         * Rounds for a bill: half up, to the digits that are usual in the currency. Add up first.
         *
         * @return the rounded amount
         */
        public BigDecimal rounded() {
            return amount.setScale(Math.max(0, currency.getDefaultFractionDigits()), RoundingMode.HALF_UP);
        }
    }

    /**
     * What a million tokens of each kind cost. Immutable and thread-safe.
     *
     * @param input tokens that were read and had nothing to do with the cache
     * @param output tokens that were written for whoever asked
     * @param cacheRead tokens that came out of the cache
     * @param cacheWrite tokens that went into the cache
     * @param reasoning tokens that the model wrote for itself
     */
    public record Rates(
            BigDecimal input, BigDecimal output, BigDecimal cacheRead, BigDecimal cacheWrite, BigDecimal reasoning) {

        private static final int MILLION = 6; // as a power of ten

        /**
         * Checks what it is given.
         *
         * @throws IllegalArgumentException if a rate is negative
         */
        public Rates {
            if (input.min(output).min(cacheRead).min(cacheWrite).min(reasoning).signum() < 0) {
                throw new IllegalArgumentException("negative rate: input=" + input + ", output=" + output
                        + ", cacheRead=" + cacheRead + ", cacheWrite=" + cacheWrite + ", reasoning=" + reasoning);
            }
        }

        /**
         * Makes rates that do not know of caches and reasoning: they cost as much as any input and output.
         *
         * @param input the decimal price of a million tokens read
         * @param output the decimal price of a million tokens written
         * @return the rates
         * @throws IllegalArgumentException if one is not a decimal number, or negative
         */
        public static Rates perMillion(String input, String output) {
            BigDecimal in = new BigDecimal(input);
            BigDecimal out = new BigDecimal(output);
            return new Rates(in, out, in, in, out);
        }

        /**
         * Sets the rate of what comes out of the cache.
         *
         * @param rate the decimal price of a million tokens
         * @return a copy with that rate
         * @throws IllegalArgumentException if it is not a decimal number, or negative
         */
        public Rates withCacheRead(String rate) {
            return new Rates(input, output, new BigDecimal(rate), cacheWrite, reasoning);
        }

        /**
         * Sets the rate of what goes into the cache.
         *
         * @param rate the decimal price of a million tokens
         * @return a copy with that rate
         * @throws IllegalArgumentException if it is not a decimal number, or negative
         */
        public Rates withCacheWrite(String rate) {
            return new Rates(input, output, cacheRead, new BigDecimal(rate), reasoning);
        }

        /**
         * Sets the rate of what the model writes for itself.
         *
         * @param rate the decimal price of a million tokens
         * @return a copy with that rate
         * @throws IllegalArgumentException if it is not a decimal number, or negative
         */
        public Rates withReasoning(String rate) {
            return new Rates(input, output, cacheRead, cacheWrite, new BigDecimal(rate));
        }

        BigDecimal cost(TokenCounts tokens) {
            long fresh = tokens.input() - tokens.cacheRead() - tokens.cacheWrite();
            long answer = tokens.output() - tokens.reasoning();
            long beside = tokens.total() - TokenCounts.sum(tokens.input(), tokens.output());
            return times(input, fresh)
                    .add(times(cacheRead, tokens.cacheRead()))
                    .add(times(cacheWrite, tokens.cacheWrite()))
                    .add(times(output, answer))
                    .add(times(reasoning, tokens.reasoning()))
                    .add(times(reasoning, beside));
        }

        private static BigDecimal times(BigDecimal rate, long tokens) {
            return rate.multiply(BigDecimal.valueOf(tokens)).movePointLeft(MILLION);
        }
    }

    /** Writes down prices. Not thread-safe. */
    public static final class Builder {

        private final Currency currency;
        private final Map<String, Rates> models = new HashMap<>();
        private final Map<String, Rates> prefixes = new HashMap<>();

        private Builder(Currency currency) {
            this.currency = currency;
        }

        /**
         * Adds a model, and its versions.
         *
         * @param name its name, as it answers
         * @param rates its prices
         * @return this builder
         * @throws IllegalArgumentException if the name is blank, or has prices already
         */
        public Builder model(String name, Rates rates) {
            return add(models, name, rates);
        }

        /**
         * Adds all models whose names begin in the same way, such as those that were tuned by the host itself.
         *
         * @param prefix what their names begin with
         * @param rates their prices
         * @return this builder
         * @throws IllegalArgumentException if the prefix is blank, or has prices already
         */
        public Builder modelsStartingWith(String prefix, Rates rates) {
            return add(prefixes, prefix, rates);
        }

        private Builder add(Map<String, Rates> entries, String name, Rates rates) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("the name of a model is blank");
            }
            if (entries.putIfAbsent(name, requireNonNull(rates, "rates")) != null) {
                throw new IllegalArgumentException("model '" + name + "' has two prices");
            }
            return this;
        }

        /**
         * Makes the book.
         *
         * @return the book
         */
        public PriceBook build() {
            return new PriceBook(this);
        }
    }
}
