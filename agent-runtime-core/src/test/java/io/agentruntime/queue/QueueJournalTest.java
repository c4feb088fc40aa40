package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("flaw-51")
class QueueJournalTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Deadline PAST = Deadline.after(Duration.ZERO);
    private static final EventCodec<Integer> CODEC = EventCodec.json(Integer.class);
    private static final UsageContext OWNER = new UsageContext("acme", "audit", "ann", "s-1", "r-1", Map.of("k", "v"));

    private final ListJournal journal = new ListJournal();
    private final Gate gate = new Gate();
    private final List<DeadEvent<Integer>> dead = new CopyOnWriteArrayList<>();

    private BackgroundQueueBuilder<Integer> queue(Journal kept) {
        return BackgroundQueue.builder("test", gate)
                .batchSize(5)
                .linger(Duration.ZERO)
                .journal(kept, CODEC)
                .deadLetter(dead::add);
    }

    @Test
    void enqueue_isInTheJournalUntilItWasDelivered() throws Exception {
        BackgroundQueue<Integer> queue = queue(journal).build();
        assertThat(queue.enqueue(1).accepted()).isTrue();
        assertThat(journal.size()).isEqualTo(1);
        gate.letGo.countDown();

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(journal.size()).isZero();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void restart_afterACrash_handsOverWhatWasLeftFirstAndInOrder() throws Exception {
        BackgroundQueue<Integer> crashed =
                queue(journal).capacity(3).overflow(Overflow.spill()).build();
        IntStream.range(0, 20).forEach(crashed::enqueue);
        ListJournal found = journal.reopen();
        crashed.stop(PAST); // the handler holds its first batch: nothing was delivered
        Gate next = new Gate();
        next.letGo.countDown();
        BackgroundQueue<Integer> queue = BackgroundQueue.builder("test", next)
                .capacity(30)
                .batchSize(4)
                .journal(found, CODEC)
                .build();
        assertThat(queue.statistics().pending()).isEqualTo(20);
        IntStream.range(20, 25).forEach(queue::enqueue);

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(next.delivered).isEqualTo(IntStream.range(0, 25).boxed().toList());
        assertThat(queue.statistics().recovered()).isEqualTo(20);
        assertThat(queue.statistics().accepted()).isEqualTo(25);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(found.size()).isZero();
    }

    @Test
    void restart_contextOfEachEvent_survives() throws Exception {
        BackgroundQueue<Integer> first = BackgroundQueue.<Integer>perEvent("test", event -> gate.handle(List.of(event)))
                .journal(journal, CODEC)
                .build();
        try (ContextScope scope = OWNER.open()) {
            first.enqueue(1);
        }
        first.enqueue(2);
        ListJournal found = journal.reopen();
        first.stop(PAST);
        List<String> seen = new CopyOnWriteArrayList<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent(
                        "test", event -> seen.add(event + " " + UsageContext.current()))
                .journal(found, CODEC)
                .build();
        queue.start();

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(seen).containsExactly("1 Optional[" + OWNER + "]", "2 Optional.empty");
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void restart_rejectingQueueWithAFullJournal_refusesUntilItIsWorkedOff() throws Exception {
        BackgroundQueue<Integer> first =
                queue(journal).capacity(10).overflow(Overflow.spill()).build();
        IntStream.range(0, 20).forEach(first::enqueue);
        ListJournal found = journal.reopen();
        first.stop(PAST);
        Gate next = new Gate();
        BackgroundQueue<Integer> queue = BackgroundQueue.builder("test", next)
                .capacity(10)
                .batchSize(1)
                .journal(found, CODEC)
                .build();
        assertThat(queue.enqueue(99)).isEqualTo(EnqueueResult.FULL);
        next.letGo.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(queue.enqueue(99)).isEqualTo(EnqueueResult.ACCEPTED);
        queue.stop(Deadline.after(LONG));
        assertThat(next.delivered).hasSize(21);
    }

    @Test
    void recordThatCannotBeRead_isDeadWithItsBytesAndTheOthersAreDelivered() throws Exception {
        byte[] good = Envelope.write(new Envelope.Content<>(7, null, 0), CODEC);
        byte[] newerFormat = good.clone();
        newerFormat[0] = 2;
        byte[] newerEvent = good.clone();
        newerEvent[11] = 2;
        byte[] garbled = good.clone();
        garbled[good.length - 1] = '{';
        List.of(newerFormat, good, newerEvent, garbled, good, new byte[0]).forEach(journal::put);
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue = queue(journal).build();

        assertThat(queue.flush(LONG)).isFalse();
        assertThat(gate.delivered).containsExactly(7, 7);
        assertThat(dead)
                .extracting(event -> event.cause().getMessage())
                .anySatisfy(text -> assertThat(text).isEqualTo("the format has version 2, known are 1 to 1"))
                .anySatisfy(text -> assertThat(text).isEqualTo("the event has version 2, known are 1 to 1"));
        assertThat(dead).hasSize(4).allSatisfy(event -> {
            assertThat(event.event()).isNull();
            assertThat(event.attempts()).isZero();
        });
        assertThat(dead.get(0).record().remaining()).isEqualTo(newerFormat.length);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(queue.statistics().dead()).isEqualTo(4);
        assertThat(journal.size()).isZero();
    }

    @Test
    void deadEvent_noDeadLetter_staysInTheJournal() throws Exception {
        journal.put("from the future".getBytes(StandardCharsets.UTF_8));
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    throw new NotRetryable();
                })
                .journal(journal, CODEC)
                .build();
        queue.enqueue(1);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(queue.drainReport()).contains(new DrainReport(2, 0, 2, 0, 0, 2, 0));
        assertThat(journal.size()).isEqualTo(2);
    }

    @Test
    void journal_cannotBeReadForAWhile_isReadAgain() throws Exception {
        journal.put(Envelope.write(new Envelope.Content<>(7, null, 0), CODEC));
        AtomicInteger failures = new AtomicInteger(3);
        journal.readFails = () -> failures.getAndDecrement() > 0;
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue =
                queue(journal).attempts(1, Duration.ofMillis(1)).build();

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(gate.delivered).containsExactly(7);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void journal_cannotForget_eventIsDeliveredAndComesAgainAfterARestart() throws Exception {
        journal.acknowledgeFails = () -> true;
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue = queue(journal).build();
        queue.enqueue(1);

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(queue.statistics().delivered()).isEqualTo(1);
        queue.stop(Deadline.after(LONG));
        assertThat(journal.reopen().size()).isEqualTo(1);
    }

    @Test
    void journal_hasLostRecordsThatItCounted_theyAreDeadAndTheQueueEnds() throws Exception {
        BackgroundQueue<Integer> queue =
                queue(journal).capacity(2).overflow(Overflow.spill()).build();
        gate.occupy(queue, 0);
        IntStream.range(1, 20).forEach(queue::enqueue);
        journal.read(0, 100).stream().skip(10).limit(3).forEach(entry -> journal.lose(entry.sequence()));
        gate.letGo.countDown();

        assertThat(queue.flush(LONG)).isFalse();
        assertThat(gate.delivered).hasSize(17);
        queue.stop(Deadline.after(LONG));
        BackgroundQueue.Statistics figures = queue.statistics();
        assertThat(List.of(figures.accepted(), figures.delivered(), figures.dead(), figures.pending()))
                .containsExactly(20L, 17L, 3L, 0L);
    }

    @Test
    void appendUnderWay_laterOneEndsFirst_isNotHandedOverBeforeIt() throws Exception {
        CountDownLatch firstHasItsNumber = new CountDownLatch(1);
        CountDownLatch letFirstReturn = new CountDownLatch(1);
        AtomicInteger appends = new AtomicInteger();
        journal.beforeReturn = () -> {
            if (appends.incrementAndGet() == 1) {
                firstHasItsNumber.countDown();
                await(letFirstReturn);
            }
        };
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue =
                queue(journal).capacity(2).overflow(Overflow.spill()).build();
        CompletableFuture<EnqueueResult> first = CompletableFuture.supplyAsync(() -> queue.enqueue(0));
        firstHasItsNumber.await();
        IntStream.rangeClosed(1, 9).forEach(queue::enqueue);
        assertThat(queue.flush(Duration.ofMillis(20))).isFalse();
        assertThat(gate.delivered).as("0 comes before them").isEmpty();
        letFirstReturn.countDown();

        assertThat(first.join()).isEqualTo(EnqueueResult.ACCEPTED);
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(gate.delivered).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        queue.stop(Deadline.after(LONG));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void appendUnderWay_flush_waitsForItAndForWhatIsBehindIt() throws Exception {
        CountDownLatch firstHasItsNumber = new CountDownLatch(1);
        CountDownLatch letFirstReturn = new CountDownLatch(1);
        CountDownLatch secondEntered = new CountDownLatch(1);
        CountDownLatch letSecondGo = new CountDownLatch(1);
        journal.beforeReturn = () -> {
            if (firstHasItsNumber.getCount() > 0) {
                firstHasItsNumber.countDown();
                await(letFirstReturn);
            }
        };
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 1) {
                        secondEntered.countDown();
                        letSecondGo.await();
                    }
                })
                .journal(journal, CODEC)
                .build();
        CompletableFuture<EnqueueResult> first = CompletableFuture.supplyAsync(() -> queue.enqueue(0));
        firstHasItsNumber.await();
        queue.enqueue(1);
        CompletableFuture<Boolean> flushed = new CompletableFuture<>();
        Thread flusher = new Thread(() -> flushed.complete(flush(queue)));
        flusher.start();
        while (flusher.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        letFirstReturn.countDown();
        secondEntered.await();
        assertThat(first.join()).isEqualTo(EnqueueResult.ACCEPTED);
        assertThat(flushed).isNotDone();
        letSecondGo.countDown();

        assertThat(flushed.join()).isTrue();
        queue.stop(Deadline.after(LONG));
    }

    private static boolean flush(BackgroundQueue<Integer> queue) {
        try {
            return queue.flush(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void appendUnderWay_fails_letsTheOthersGo() throws Exception {
        CountDownLatch firstEntered = new CountDownLatch(1);
        CountDownLatch letFirstFail = new CountDownLatch(1);
        AtomicInteger appends = new AtomicInteger();
        journal.beforeReturn = () -> {
            if (appends.incrementAndGet() == 1) {
                firstEntered.countDown();
                await(letFirstFail);
                throw new JournalException(JournalException.Reason.FAILED, "asked for", null);
            }
        };
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue = queue(journal).build();
        CompletableFuture<EnqueueResult> first = CompletableFuture.supplyAsync(() -> queue.enqueue(0));
        firstEntered.await();
        queue.enqueue(1);
        letFirstFail.countDown();

        assertThat(first.join()).isEqualTo(EnqueueResult.JOURNAL_FAILED);
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(gate.delivered).containsExactly(1);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
    }

    @Test
    void manyProducersSpilling_appendsOvertakeEachOther_eachEventOnceAndInOrderOfItsProducer() throws Exception {
        int producers = 4;
        int each = 3_000;
        journal.beforeReturn = () -> {
            for (int i = ThreadLocalRandom.current().nextInt(2_000); i > 0; i--) {
                Thread.onSpinWait();
            }
        };
        ConcurrentLinkedQueue<Integer> delivered = new ConcurrentLinkedQueue<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", delivered::addAll)
                .capacity(20)
                .batchSize(7)
                .overflow(Overflow.spill())
                .journal(journal, CODEC)
                .build();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int base = p * each;
            threads.add(new Thread(() -> IntStream.range(base, base + each).forEach(queue::enqueue)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(delivered).hasSize(producers * each);
        for (int p = 0; p < producers; p++) {
            int producer = p;
            assertThat(delivered.stream().filter(event -> event / each == producer))
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .hasSize(each);
        }
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(journal.size()).isZero();
    }
}
