package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageStore;
import io.agentruntime.usage.UsageTotal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every {@link UsageStore} has to keep. Extend it, say how a store is made, and its tests run with your own.
 *
 * <p>JUnit makes one instance per test; not thread-safe.
 */
public abstract class UsageStoreContract {

    private static final Instant AT = Instant.parse("2026-03-01T10:11:12.123456789Z");
    private static final TokenCounts TOKENS = new TokenCounts(100, 20, 30, 10, 7, 125);
    private static final int WRITERS = 4;

    private UsageStore store = UsageStore.inMemory();

    /** For the subclasses. */
    protected UsageStoreContract() {}

    /**
     * Makes the store to test.
     *
     * @return an empty store, started if it needs that, which no other test uses
     * @throws Exception if it cannot be made, which fails the test
     */
    protected abstract UsageStore create() throws Exception;

    @BeforeEach
    final void createStore() throws Exception {
        store = create();
    }

    @Test
    void totals_ofNothing_areEmpty() throws Exception {
        assertThat(store.totals()).isEmpty();
        store.store(List.of());
        assertThat(store.totals()).isEmpty();
    }

    @Test
    void totals_addUpPerOrganisationAndFeature_sorted() throws Exception {
        store.store(List.of(event("b", "x", TOKENS), event("a", "y", TOKENS), event("a", "x", TOKENS)));
        store.store(List.of(event("a", "x", new TokenCounts(1, 2, 0, 0, 0, 4)), event("A", "x", TOKENS)));
        assertThat(store.totals())
                .containsExactly(
                        new UsageTotal("A", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO),
                        new UsageTotal(
                                "a", "x", 2, 0, new TokenCounts(101, 22, 30, 10, 7, 129), 0, 0, TokenCounts.ZERO),
                        new UsageTotal("a", "y", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO),
                        new UsageTotal("b", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO));
    }

    @Test
    void totals_countFailedCallsAmongTheCalls() throws Exception {
        UsageEvent failed = event(UUID.randomUUID(), "a", TokenCounts.ZERO, CallOutcome.FAILED);
        store.store(List.of(failed, event("a", "x", TOKENS)));
        assertThat(store.totals()).containsExactly(new UsageTotal("a", "x", 2, 1, TOKENS, 0, 0, TokenCounts.ZERO));
    }

    @Test
    void totals_countWhatDidNotComeAsFailed_butNotWhatWasCancelled() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        for (CallOutcome outcome : CallOutcome.values()) {
            events.add(event(UUID.randomUUID(), "a", TokenCounts.of(1, 0), outcome));
        }
        store.store(events);
        assertThat(store.totals())
                .containsExactly(new UsageTotal("a", "x", 5, 3, TokenCounts.of(5, 0), 0, 1, TokenCounts.of(1, 0)));
    }

    @Test
    void totals_keepWhatWasSavedOutOfWhatWasSpent() throws Exception {
        UsageEvent unknown = event(UUID.randomUUID(), "a", TokenCounts.ZERO, CallOutcome.CACHED);
        UsageEvent other = event(UUID.randomUUID(), "b", TOKENS, CallOutcome.CACHED);
        store.store(List.of(
                event("a", "x", TokenCounts.of(3, 2)),
                event(UUID.randomUUID(), "a", TOKENS, CallOutcome.CACHED),
                event(UUID.randomUUID(), "a", TOKENS, CallOutcome.CACHED),
                unknown,
                other));
        store.store(List.of(other));
        assertThat(store.totals())
                .containsExactly(
                        new UsageTotal("a", "x", 1, 0, TokenCounts.of(3, 2), 0, 3, TOKENS.plus(TOKENS)),
                        new UsageTotal("b", "x", 0, 0, TokenCounts.ZERO, 0, 1, TOKENS));
    }

    @Test
    void totals_tellTheEstimatedPart() throws Exception {
        UsageEvent estimated = UsageEvent.builder(UUID.randomUUID(), AT)
                .owner(UsageContext.of("a", "x"))
                .tokens(TokenCounts.of(40, 2), UsageQuality.ESTIMATED)
                .outcome(CallOutcome.CANCELLED)
                .build();
        store.store(List.of(estimated, event("a", "x", TOKENS)));
        assertThat(store.totals())
                .containsExactly(
                        new UsageTotal("a", "x", 2, 0, TOKENS.plus(estimated.tokens()), 42, 0, TokenCounts.ZERO));
    }

    @Test
    void totals_thatDoNotFit_areTheLargestNumber() throws Exception {
        TokenCounts most = new TokenCounts(Long.MAX_VALUE, 1, Long.MAX_VALUE, 0, 1, Long.MAX_VALUE);
        store.store(List.of(event("a", "x", most), event("a", "x", most)));
        TokenCounts expected = new TokenCounts(Long.MAX_VALUE, 2, Long.MAX_VALUE, 0, 2, Long.MAX_VALUE);
        assertThat(store.totals()).containsExactly(new UsageTotal("a", "x", 2, 0, expected, 0, 0, TokenCounts.ZERO));
    }

    @Test
    void totals_ofLargeCounts_areExact() throws Exception {
        TokenCounts large = new TokenCounts(
                3_000_000_000L, 1L << 53, 2_147_483_648L, 1, (1L << 53) - 1, (1L << 53) + 3_000_000_001L);
        store.store(List.of(event("a", "x", large), event("a", "x", large)));
        assertThat(store.totals())
                .containsExactly(new UsageTotal("a", "x", 2, 0, large.plus(large), 0, 0, TokenCounts.ZERO));
    }

    @Test
    void store_ofAnyNames_keepsThemApart() throws Exception {
        List<String> names =
                List.of("o'brien", "\"q\"", "a;drop table x", "a,b", "100%", "é", "e\u0301", "漢😀", " a", "a ");
        List<UsageEvent> events =
                names.stream().map(name -> event(name, name, TOKENS)).toList();
        store.store(events);
        assertThat(store.totals())
                .containsExactlyElementsOf(names.stream()
                        .sorted()
                        .map(name -> new UsageTotal(name, name, 1, 0, TOKENS, 0, 0, TokenCounts.ZERO))
                        .toList());
    }

    @Test
    @Tag("flaw-51")
    void store_ofTheSameIdTwice_countsTheFirstOnly() throws Exception {
        UsageEvent first = event("a", "x", TOKENS);
        UsageEvent second = event(first.id(), "b", TokenCounts.of(9, 9), CallOutcome.FAILED);
        store.store(List.of(first));
        store.store(List.of(first));
        store.store(List.of(second, event("c", "x", TOKENS)));
        assertThat(store.totals())
                .containsExactly(
                        new UsageTotal("a", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO),
                        new UsageTotal("c", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO));
    }

    @Test
    @Tag("flaw-51")
    void store_ofTheSameIdTwiceInOneBatch_countsTheFirstOnly() throws Exception {
        UsageEvent first = event("a", "x", TOKENS);
        UsageEvent second = event(first.id(), "b", TOKENS, CallOutcome.FAILED);
        store.store(List.of(first, second, first, event("c", "x", TOKENS), second));
        assertThat(store.totals())
                .containsExactly(
                        new UsageTotal("a", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO),
                        new UsageTotal("c", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO));
    }

    @Test
    @Tag("flaw-51")
    void store_ofTheSameEventsAtTheSameTime_countsThemOnce() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            events.add(event("a", "x", TOKENS));
        }
        Crowd.run(WRITERS, member -> store.store(events));
        assertThat(store.totals())
                .containsExactly(new UsageTotal(
                        "a",
                        "x",
                        500,
                        0,
                        new TokenCounts(50_000, 10_000, 15_000, 5_000, 3_500, 62_500),
                        0,
                        0,
                        TokenCounts.ZERO));
    }

    @Test
    @Tag("flaw-63")
    void store_byManyThreads_addsUpExactly() throws Exception {
        long seed = new Random().nextLong();
        List<List<UsageEvent>> shares = new ArrayList<>();
        Random random = new Random(seed);
        TokenCounts expected = TokenCounts.ZERO;
        for (int writer = 0; writer < WRITERS; writer++) {
            List<UsageEvent> share = new ArrayList<>();
            for (int i = 0; i < 10_000 / WRITERS; i++) {
                TokenCounts tokens = TokenCounts.of(random.nextInt(10_000), random.nextInt(1_000));
                share.add(event("a", "x", tokens));
                expected = expected.plus(tokens);
            }
            shares.add(share);
        }
        Crowd.run(WRITERS, member -> {
            List<UsageEvent> share = shares.get(member);
            for (int from = 0; from < share.size(); from += 250) {
                store.store(share.subList(from, Math.min(from + 250, share.size())));
            }
        });
        assertThat(store.totals())
                .as("seed %d", seed)
                .containsExactly(new UsageTotal("a", "x", 10_000, 0, expected, 0, 0, TokenCounts.ZERO));
    }

    @Test
    void store_ofAListThatIsUsedAgain_keepsWhatItHeldThen() throws Exception {
        List<UsageEvent> batch = new ArrayList<>(List.of(event("a", "x", TOKENS)));
        store.store(batch);
        batch.clear();
        assertThat(store.totals()).containsExactly(new UsageTotal("a", "x", 1, 0, TOKENS, 0, 0, TokenCounts.ZERO));
    }

    private static UsageEvent event(String organisation, String feature, TokenCounts tokens) {
        return UsageEvent.builder(UUID.randomUUID(), AT)
                .owner(UsageContext.of(organisation, feature))
                .provider("open_ai")
                .requestedModel("some-model")
                .tokens(tokens, UsageQuality.REPORTED)
                .build();
    }

    private static UsageEvent event(UUID id, String organisation, TokenCounts tokens, CallOutcome outcome) {
        return UsageEvent.builder(id, AT)
                .owner(UsageContext.builder(organisation, "x")
                        .user("user")
                        .session("session")
                        .request("request")
                        .metadata("key", "value")
                        .build())
                .provider("open_ai")
                .requestedModel("some-model")
                .tokens(tokens, UsageQuality.MISSING)
                .outcome(outcome)
                .build();
    }
}
