package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many threads at one call, and at one ledger. */
class UsageRaceTest {

    private static final UsageContext ACME = UsageContext.of("acme", "x");
    private static final ChatRequest EIGHT =
            ChatRequest.builder().messages(UserMessage.from("12345678")).build();
    private static final List<CallOutcome> OUTCOMES = List.of(CallOutcome.values());
    private static final int THREADS = 8;

    private final long seed = new Random().nextLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void endThreads() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }

    private <T> List<T> all(List<? extends Callable<T>> tasks) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> result : threads.invokeAll(tasks, 25, TimeUnit.MINUTES)) {
            results.add(result.get());
        }
        return results;
    }

    private static boolean end(UsageCall call, CallOutcome outcome) {
        return switch (outcome) {
            case COMPLETED ->
                call.completed(ChatResponse.builder()
                        .aiMessage(AiMessage.from("hi"))
                        .tokenUsage(new TokenUsage(7, 3))
                        .build());
            case FAILED -> call.failed(new RateLimitException("429"));
            case CANCELLED -> call.cancelled();
            case TRUNCATED -> call.truncated();
            case TIMED_OUT -> call.timedOut();
            case CACHED -> call.cached("kept", TokenCounts.of(7, 3));
        };
    }

    @Test
    @Tag("flaw-67")
    void ends_thatRace_exactlyOneWins() throws Exception {
        race(2_000);
    }

    @Test
    @Tag("stress")
    @Tag("flaw-67")
    void ends_thatRaceForLong_exactlyOneWins() throws Exception {
        race(200_000);
    }

    private void race(int rounds) throws Exception {
        Queue<UsageEvent> events = new ConcurrentLinkedQueue<>();
        UsageLedger ledger = UsageLedger.create(events::add);
        List<UsageCall> calls = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            calls.add(ledger.open(ACME, null, null, EIGHT));
        }
        CyclicBarrier line = new CyclicBarrier(OUTCOMES.size());
        List<Callable<boolean[]>> racers = new ArrayList<>();
        for (CallOutcome outcome : OUTCOMES) {
            racers.add(() -> {
                boolean[] won = new boolean[rounds];
                for (int i = 0; i < rounds; i++) {
                    if (i % 50 == 0) {
                        line.await(60, TimeUnit.SECONDS);
                    }
                    won[i] = end(calls.get(i), outcome);
                }
                return won;
            });
        }
        List<boolean[]> won = all(racers);
        for (int i = 0; i < rounds; i++) {
            int round = i;
            List<CallOutcome> winners = IntStream.range(0, OUTCOMES.size())
                    .filter(racer -> won.get(racer)[round])
                    .mapToObj(OUTCOMES::get)
                    .toList();
            assertThat(calls.get(i).event().map(UsageEvent::outcome).stream()).containsExactlyElementsOf(winners);
        }
        assertThat(events).hasSize(rounds).extracting(UsageEvent::id).doesNotHaveDuplicates();
        assertThat(ledger.statistics().open()).isZero();
    }

    @Test
    @Tag("flaw-63")
    void saw_byManyThreads_isCountedExactly() throws Exception {
        UsageLedger ledger = UsageLedger.create(event -> {});
        UsageCall call = ledger.open(ACME, null, null, EIGHT);
        List<Callable<Boolean>> writers = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            writers.add(() -> {
                for (int i = 0; i < 10_000; i++) {
                    call.saw("12");
                    call.attempt();
                }
                return true;
            });
        }
        all(writers);
        call.cancelled();
        assertThat(call.event().orElseThrow().tokens()).isEqualTo(TokenCounts.of(2, THREADS * 10_000 * 2 / 4));
        assertThat(call.event().orElseThrow().attempts()).isEqualTo(THREADS * 10_000);
    }

    @Test
    @Tag("flaw-63")
    @Tag("flaw-64")
    void mixedCalls_addUpExactly() throws Exception {
        mixed(10_000);
    }

    @Test
    @Tag("stress")
    @Tag("flaw-63")
    @Tag("flaw-64")
    void mixedCalls_veryMany_addUpExactly() throws Exception {
        mixed(1_000_000);
    }

    /** What a thread expects the ledger to have recorded for its own organisation. */
    private static final class Expected {
        private final Map<CallOutcome, Long> outcomes = new EnumMap<>(CallOutcome.class);
        private TokenCounts tokens = TokenCounts.ZERO;
        private long left;

        void add(CallOutcome outcome, TokenCounts counts) {
            outcomes.merge(outcome, 1L, Long::sum);
            tokens = tokens.plus(counts);
        }
    }

    private void mixed(int calls) throws Exception {
        UsageStore store = UsageStore.inMemory();
        UsageTally tally = new UsageTally();
        Queue<UsageEvent> events = new ConcurrentLinkedQueue<>();
        UsageLedger ledger = UsageLedger.create(tally.andThen(events::add));
        AtomicBoolean done = new AtomicBoolean();
        Future<?> reaper = threads.submit(() -> {
            while (!done.get()) {
                ledger.reap(Duration.ofHours(1)); // finds nothing, but looks at everything
                assertThat(tally.tokens().total()).isNotNegative(); // would throw if a part exceeded its whole
            }
        });
        List<Callable<Expected>> workers = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Random random = new Random(seed + t);
            UsageContext owner = UsageContext.of("organisation-" + t, "x");
            workers.add(() -> work(ledger, owner, random, calls / THREADS));
        }
        List<Expected> expected = all(workers);
        done.set(true);
        reaper.get(60, TimeUnit.SECONDS);
        long left = expected.stream().mapToLong(share -> share.left).sum();
        assertThat(ledger.statistics().open()).as("seed %d", seed).isEqualTo(left);
        assertThat(ledger.reap(Duration.ZERO)).as("seed %d", seed).isEqualTo((int) left);
        store.store(List.copyOf(events));
        assertThat(tally.calls()).as("seed %d", seed).isEqualTo(calls);
        List<UsageTotal> totals = store.totals();
        for (int t = 0; t < THREADS; t++) {
            assertShare(totals.get(t), expected.get(t), calls / THREADS);
        }
    }

    private void assertShare(UsageTotal total, Expected expected, int calls) {
        Map<CallOutcome, Long> outcomes = expected.outcomes;
        long failed = outcomes.getOrDefault(CallOutcome.FAILED, 0L)
                + outcomes.getOrDefault(CallOutcome.TRUNCATED, 0L)
                + outcomes.getOrDefault(CallOutcome.TIMED_OUT, 0L)
                + expected.left;
        assertThat(total.calls()).as("seed %d", seed).isEqualTo(calls);
        assertThat(total.failed()).as("seed %d", seed).isEqualTo(failed);
        TokenCounts reaped = TokenCounts.of(2 * expected.left, 0);
        assertThat(total.tokens()).as("seed %d", seed).isEqualTo(expected.tokens.plus(reaped));
    }

    private static Expected work(UsageLedger ledger, UsageContext owner, Random random, int calls) {
        Expected expected = new Expected();
        try (ContextScope scope = owner.open()) {
            for (int i = 0; i < calls; i++) {
                UsageCall call = ledger.open(null, null, EIGHT);
                call.attempt();
                int seen = random.nextInt(5) == 0 ? random.nextInt(40) : 0;
                call.saw("x".repeat(seen));
                int choice = random.nextInt(20);
                if (choice == 0 && seen == 0) {
                    expected.left++; // never reports
                } else {
                    CallOutcome outcome = OUTCOMES.get(choice % 5);
                    end(call, outcome);
                    end(call, OUTCOMES.get(random.nextInt(5)));
                    expected.add(outcome, cost(outcome, seen));
                }
            }
        }
        return expected;
    }

    private static TokenCounts cost(CallOutcome outcome, int seen) {
        if (outcome == CallOutcome.COMPLETED) {
            return TokenCounts.of(7, 3);
        }
        boolean free = outcome == CallOutcome.FAILED && seen == 0;
        return free ? TokenCounts.ZERO : TokenCounts.of(2, (seen + 3) / 4);
    }
}
