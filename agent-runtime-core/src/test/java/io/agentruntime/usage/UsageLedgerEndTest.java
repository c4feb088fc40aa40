package io.agentruntime.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.output.TokenUsage;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Calls that never report, ledgers that are closed, and receivers that throw. */
class UsageLedgerEndTest {

    private static final UsageContext ACME = UsageContext.of("acme", "x");
    private static final ChatRequest EIGHT =
            ChatRequest.builder().messages(UserMessage.from("12345678")).build();
    private static final Duration SILENCE = Duration.ofMinutes(10);

    private final List<UsageEvent> events = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final UsageLedger ledger = ledger(events::add);

    private UsageLedger ledger(Consumer<UsageEvent> receiver) {
        return UsageLedger.builder(receiver).ticker(nanos::get).openCalls(3).build();
    }

    private UsageCall sent() {
        UsageCall call = ledger.open(ACME, null, null, EIGHT);
        call.attempt();
        return call;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void cached_isSavedAndNotSpent() {
        UsageTally tally = new UsageTally();
        TokenCounts cost = new TokenCounts(10, 5, 3, 2, 1, 16);
        UsageCall call = ledger.open(ACME, null, "asked", EIGHT);
        assertThat(call.cached("answered", cost)).isTrue();
        assertThat(call.cached("answered", cost)).isFalse();
        ledger.open(ACME, null, "asked", EIGHT).cached(null, TokenCounts.ZERO);
        events.forEach(tally);
        assertThat(events).extracting(UsageEvent::outcome).containsOnly(CallOutcome.CACHED);
        assertThat(events).extracting(UsageEvent::attempts).containsOnly(0);
        assertThat(events).extracting(UsageEvent::model).containsExactly("answered", "asked");
        assertThat(events).extracting(UsageEvent::quality).containsExactly(UsageQuality.REPORTED, UsageQuality.MISSING);
        assertThat(events).extracting(UsageEvent::saved).containsExactly(cost, TokenCounts.ZERO);
        assertThat(events).extracting(UsageEvent::spent).containsOnly(TokenCounts.ZERO);
        assertThat(tally.calls()).isZero();
        assertThat(tally.tokens()).isEqualTo(TokenCounts.ZERO);
        assertThat(tally.cached()).isEqualTo(2);
        assertThat(tally.saved()).isEqualTo(cost);
    }

    @Test
    @Tag("flaw-67")
    void reap_endsOnlyWhatWasSilentForSoLong() {
        UsageCall silent = sent();
        UsageCall talking = sent();
        UsageCall retried = sent();
        pass(SILENCE.minusNanos(1));
        assertThat(ledger.reap(SILENCE)).isZero();
        talking.saw("still here");
        retried.attempt();
        pass(Duration.ofNanos(1));
        assertThat(ledger.reap(SILENCE)).isEqualTo(1);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.id()).isEqualTo(silent.id());
            assertThat(event.outcome()).isEqualTo(CallOutcome.TIMED_OUT);
            assertThat(event.quality()).isEqualTo(UsageQuality.ESTIMATED);
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(2, 0));
        });
        assertThat(silent.completed(null, new TokenUsage(1, 1))).isFalse();
        assertThat(ledger.reap(SILENCE)).isZero();
        assertThat(ledger.statistics()).isEqualTo(new UsageLedger.Statistics(3, 1, 2, 0, 1, 0, 0, 0));
    }

    @Test
    void reapEvery_reapsUntilTheLedgerIsClosed() throws Exception {
        CountDownLatch reaped = new CountDownLatch(1);
        UsageLedger scheduled = ledger(event -> reaped.countDown());
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        timer.setRemoveOnCancelPolicy(true);
        try {
            scheduled.open(ACME, null, null, EIGHT);
            scheduled.reapEvery(Duration.ofMillis(1), SILENCE, timer);
            pass(SILENCE);
            assertThat(reaped.await(60, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> scheduled.reapEvery(SILENCE, SILENCE, timer))
                    .isInstanceOf(IllegalStateException.class);
            scheduled.close();
            timer.submit(() -> {}).get(60, TimeUnit.SECONDS); // comes after a run that was under way
            assertThat(timer.getQueue()).isEmpty();
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void reapEvery_wrongly_isRefused() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        timer.setRemoveOnCancelPolicy(true);
        try {
            assertThatThrownBy(() -> ledger.reapEvery(Duration.ZERO, SILENCE, timer))
                    .hasMessage("not positive: interval=PT0S, silence=PT10M");
            assertThatThrownBy(() -> ledger.reapEvery(SILENCE, Duration.ofSeconds(-1), timer))
                    .isInstanceOf(IllegalArgumentException.class);
            ledger.close();
            assertThatThrownBy(() -> ledger.reapEvery(SILENCE, SILENCE, timer))
                    .hasMessage("the usage ledger reaps already, or is closed");
            assertThat(timer.getQueue()).isEmpty();
        } finally {
            timer.shutdownNow();
        }
    }

    @Test
    void stop_endsWhatIsOpenAndTellsHowMuch() {
        UsageCall call = sent();
        sent();
        assertThat(ledger.stop(Deadline.after(Duration.ZERO))).isEqualTo(2);
        assertThat(events).hasSize(2).allSatisfy(event -> {
            assertThat(event.outcome()).isEqualTo(CallOutcome.CANCELLED);
            assertThat(event.tokens()).isEqualTo(TokenCounts.of(2, 0));
        });
        assertThat(call.cancelled()).isFalse();
        assertThat(ledger.stop(Deadline.after(Duration.ZERO))).isZero();
        UsageCall later = sent();
        assertThat(ledger.statistics().open()).isZero();
        assertThat(ledger.statistics().letGo()).isEqualTo(1);
        assertThat(later.completed(null, new TokenUsage(1, 1))).isTrue();
        assertThat(events).hasSize(3);
    }

    @Test
    void open_moreThanTheLedgerHolds_areRecordedButNotReaped() {
        List<UsageCall> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            calls.add(sent());
        }
        assertThat(ledger.statistics()).isEqualTo(new UsageLedger.Statistics(5, 0, 3, 2, 0, 0, 0, 0));
        assertThat(calls.get(4).completed(null, new TokenUsage(1, 1))).isTrue();
        assertThat(calls.get(0).completed(null, new TokenUsage(1, 1))).isTrue();
        calls.add(sent()); // takes the place of the one that has ended
        pass(SILENCE);
        assertThat(ledger.reap(SILENCE)).isEqualTo(3);
        assertThat(calls.get(3).completed(null, new TokenUsage(1, 1))).isTrue();
        assertThat(events).hasSize(6);
        assertThat(ledger.statistics()).isEqualTo(new UsageLedger.Statistics(6, 6, 0, 2, 3, 0, 0, 0));
    }

    @Test
    @Tag("flaw-67")
    void receiverThatThrows_costsTheCallNothingAndIsLoggedMoreAndMoreRarely() {
        Logger logger = (Logger) LoggerFactory.getLogger(UsageLedger.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        try {
            UsageLedger broken = ledger(event -> {
                if (event.attempts() > 1) {
                    throw new AssertionError("secret");
                }
                throw new IllegalStateException("secret");
            });
            for (int i = 0; i < 9; i++) {
                UsageCall call = broken.open(ACME, null, null, EIGHT);
                call.attempt();
                if (i == 3) {
                    call.attempt();
                }
                assertThat(call.completed(null, new TokenUsage(1, 1))).isTrue();
                assertThat(call.event()).isPresent();
            }
            assertThat(broken.statistics()).isEqualTo(new UsageLedger.Statistics(9, 0, 0, 0, 0, 0, 0, 9));
        } finally {
            logger.detachAppender(log);
            logger.setAdditive(true);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Failed to track token usage: java.lang.IllegalStateException (1 so far)",
                        "Failed to track token usage: java.lang.IllegalStateException (2 so far)",
                        "Failed to track token usage: java.lang.AssertionError (4 so far)",
                        "Failed to track token usage: java.lang.IllegalStateException (8 so far)");
        assertThat(log.list)
                .allSatisfy(event -> assertThat(event.getThrowableProxy()).isNull());
    }
}
