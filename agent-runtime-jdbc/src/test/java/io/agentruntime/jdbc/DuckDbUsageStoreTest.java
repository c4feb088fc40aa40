package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.testkit.UsageStoreContract;
import io.agentruntime.usage.CallOutcome;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import io.agentruntime.usage.UsageTotal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbUsageStoreTest extends UsageStoreContract {

    private static final Instant AT = Instant.parse("2026-03-01T10:11:12.123456789Z");
    private static final Deadline SOON = Deadline.after(Duration.ofSeconds(60));

    @TempDir
    private Path folder;

    private final List<DuckDbUsageStore> opened = new ArrayList<>();

    @Override
    protected DuckDbUsageStore create() {
        DuckDbUsageStore store = DuckDbUsageStore.open(file());
        opened.add(store);
        return store;
    }

    private Path file() {
        return folder.resolve("usage.duckdb");
    }

    @AfterEach
    void closeStores() {
        opened.forEach(DuckDbUsageStore::close);
    }

    @Test
    @Tag("flaw-54")
    void store_ofAnEvent_keepsEveryField() throws Exception {
        UsageEvent full = UsageEvent.builder(UUID.randomUUID(), AT)
                .owner(UsageContext.builder("acme", "summaries")
                        .user("user-1")
                        .session("session-2")
                        .request("request-3")
                        .metadata("tier", "gold")
                        .metadata("o'brien \"漢😀\" {a=b, 'c'}", " = ,\n\0")
                        .metadata("", "")
                        .build())
                .provider("open_ai")
                .requestedModel("some-model")
                .model("some-model-2026-01-01")
                .attempts(3)
                .duration(Duration.ofNanos(1_234_567_890_123L))
                .tokens(new TokenCounts(30, 22, 7, 5, 3, 60), UsageQuality.ESTIMATED)
                .outcome(CallOutcome.TRUNCATED)
                .build();
        UsageEvent sparse = UsageEvent.builder(new UUID(-1, 1), Instant.parse("1999-12-31T23:59:59.999999999Z"))
                .attempts(0)
                .model("")
                .outcome(CallOutcome.FAILED)
                .build();
        DuckDbUsageStore store = create();
        store.store(List.of(full, sparse));
        assertThat(store.events()).containsExactly(sparse, full);
    }

    @Test
    @Tag("flaw-54")
    void store_ofEveryOutcomeAndQuality_keepsThem() throws Exception {
        List<UsageEvent> events = new ArrayList<>();
        for (CallOutcome outcome : CallOutcome.values()) {
            for (UsageQuality quality : UsageQuality.values()) {
                events.add(UsageEvent.builder(UUID.randomUUID(), AT)
                        .tokens(TokenCounts.ZERO, quality)
                        .outcome(outcome)
                        .build());
            }
        }
        DuckDbUsageStore store = create();
        store.store(events);
        assertThat(store.events()).containsExactlyInAnyOrderElementsOf(events);
    }

    @Test
    void store_ofALongerDurationThanFits_keepsTheLongest() throws Exception {
        DuckDbUsageStore store = create();
        store.store(List.of(UsageEvent.builder(UUID.randomUUID(), AT)
                .duration(Duration.ofSeconds(Long.MAX_VALUE))
                .build()));
        assertThat(store.events()).extracting(UsageEvent::duration).containsExactly(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Test
    @Tag("flaw-54")
    void store_ofAnyText_keepsIt() throws Exception {
        DuckDbUsageStore store = create();
        List<UsageEvent> events = Stream.of("o'brien", "\"", "a\0b", "line\nbreak", "漢😀", "", " ", "x".repeat(100_000))
                .map(text -> event(UUID.randomUUID(), "acme", text))
                .toList();
        store.store(events);
        assertThat(store.events()).containsExactlyInAnyOrderElementsOf(events);
    }

    @Test
    void store_openedAgain_hasTheSameEvents() throws Exception {
        UsageEvent event = event(UUID.randomUUID(), "acme", "m");
        DuckDbUsageStore first = create();
        first.store(List.of(event));
        first.close();
        DuckDbUsageStore second = create();
        second.store(List.of(event));
        assertThat(second.events()).containsExactly(event);
    }

    @Test
    void stop_leavesTheOneFile() throws Exception {
        DuckDbUsageStore store = create();
        store.start();
        store.store(List.of(event(UUID.randomUUID(), "acme", "m")));
        assertThat(store.stop(SOON)).isZero();
        assertThat(files()).containsExactly(file());
    }

    @Test
    void open_alone_touchesNothing() throws Exception {
        DuckDbUsageStore store = create();
        store.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void calls_afterTheStop_areRefused() throws Exception {
        DuckDbUsageStore store = create();
        store.start();
        store.stop(SOON);
        String message = "the usage store '" + file() + "' is closed";
        UsageEvent event = event(UUID.randomUUID(), "acme", "m");
        assertThatThrownBy(() -> store.store(List.of(event))).hasMessage(message);
        assertThatThrownBy(store::totals).hasMessage(message);
        assertThatThrownBy(store::start)
                .hasMessage(message)
                .isInstanceOfSatisfying(
                        DuckDbStoreException.class,
                        e -> assertThat(e.retryable()).isFalse());
        assertThat(store.stop(SOON)).isZero();
    }

    @Test
    void store_ofABatchThatFails_leavesNothingOfItAndGoesOn() throws Exception {
        DuckDbUsageStore store = create();
        UsageEvent good = event(UUID.randomUUID(), "acme", "m");
        UsageEvent early = at(Instant.MIN);
        assertThatThrownBy(() -> store.store(List.of(good, early)))
                .hasMessageContaining(early.id().toString())
                .hasMessageContaining("1678 to 2261")
                .isInstanceOfSatisfying(
                        DuckDbStoreException.class,
                        e -> assertThat(e.retryable()).isFalse());
        assertThat(store.totals()).isEmpty();
        store.store(List.of(good));
        assertThat(store.events()).containsExactly(good);
    }

    @Test
    void store_thatTheDatabaseRefuses_leavesNothingAndGoesOnWhenItCan() throws Exception {
        DuckDbUsageStore store = create();
        UsageEvent event = event(UUID.randomUUID(), "acme", "m");
        store.start();
        try (Connection other = DriverManager.getConnection("jdbc:duckdb:" + file(), StoreDatabase.settings());
                Statement statement = other.createStatement()) {
            statement.execute("ALTER TABLE usage_event RENAME TO elsewhere");
            assertThatThrownBy(() -> store.store(List.of(event)))
                    .hasMessageStartingWith("cannot write to the usage store '" + file() + "': Catalog Error: ")
                    .hasMessageNotContaining("\n")
                    .isInstanceOfSatisfying(
                            DuckDbStoreException.class,
                            e -> assertThat(e.retryable()).isFalse());
            statement.execute("ALTER TABLE elsewhere RENAME TO usage_event");
        }
        assertThat(store.totals()).isEmpty();
        store.store(List.of(event));
        assertThat(store.events()).containsExactly(event);
    }

    @Test
    void store_ofTheEarliestAndTheLatestTime_keepsThem() throws Exception {
        DuckDbUsageStore store = create();
        UsageEvent earliest = at(Instant.parse("1678-01-01T00:00:00Z"));
        UsageEvent latest = at(Instant.parse("2261-12-31T23:59:59.999999999Z"));
        store.store(List.of(earliest, latest));
        assertThat(store.events()).containsExactly(earliest, latest);
    }

    @Test
    void store_afterItsConnectionBroke_opensTheFileAgain() throws Exception {
        DuckDbUsageStore store = create();
        UsageEvent before = event(UUID.randomUUID(), "acme", "m");
        UsageEvent after = event(UUID.randomUUID(), "acme", "m");
        store.store(List.of(before));
        store.breakConnection();
        assertThatThrownBy(() -> store.store(List.of(after)))
                .hasMessageStartingWith("cannot write to the usage store '" + file() + "'")
                .isInstanceOfSatisfying(
                        DuckDbStoreException.class,
                        e -> assertThat(e.retryable()).isTrue());
        store.store(List.of(after));
        assertThat(store.events()).containsExactlyInAnyOrder(before, after);
    }

    @Test
    void totals_whileBatchesAreStored_seeWholeBatchesOnly() throws Exception {
        DuckDbUsageStore store = create();
        store.start();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(
                () -> {
                    for (int batch = 0; batch < 30; batch++) {
                        storeTwins(store);
                    }
                    done.set(true);
                },
                command -> new Thread(command).start());
        while (!done.get() && !writer.isDone()) {
            assertTwins(store.totals());
        }
        writer.get(60, TimeUnit.SECONDS);
        assertTwins(store.totals());
        assertThat(store.totals()).extracting(UsageTotal::calls).containsExactly(1_500L, 1_500L);
    }

    private static void storeTwins(DuckDbUsageStore store) {
        List<UsageEvent> batch = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            batch.add(event(UUID.randomUUID(), "one", "m"));
        }
        for (int i = 0; i < 50; i++) {
            batch.add(event(UUID.randomUUID(), "two", "m"));
        }
        try {
            store.store(batch);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertTwins(List<UsageTotal> totals) {
        if (!totals.isEmpty()) {
            assertThat(totals).extracting(UsageTotal::organisation).containsExactly("one", "two");
            assertThat(totals.get(0).calls()).isEqualTo(totals.get(1).calls());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static UsageEvent event(UUID id, String organisation, String model) {
        return UsageEvent.builder(id, AT)
                .owner(UsageContext.of(organisation, "x").withSession("s"))
                .requestedModel(model)
                .tokens(TokenCounts.of(1, 2), UsageQuality.REPORTED)
                .build();
    }

    private static UsageEvent at(Instant at) {
        return UsageEvent.builder(UUID.randomUUID(), at).build();
    }
}
