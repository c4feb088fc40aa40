package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class OverflowTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int BURST = 100_000;
    private static final EventCodec<Integer> CODEC = EventCodec.json(Integer.class);

    private final Gate gate = new Gate();
    private final ManualClock clock = new ManualClock();

    @Test
    @Tag("flaw-43")
    void burst_reject_refusesExactlyWhatIsCounted() throws Exception {
        long[] handled = {0};
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> handled[0] += batch.size())
                .capacity(1_000)
                .build();
        long accepted = burst(queue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        BackgroundQueue.Statistics figures = queue.statistics();
        assertThat(figures.accepted()).isEqualTo(accepted).isEqualTo(handled[0]);
        assertThat(figures.rejectedFull()).isEqualTo(BURST - accepted);
        assertThat(figures.rejected()).isEqualTo(figures.rejectedFull());
    }

    @Test
    @Tag("flaw-43")
    void burst_block_losesNothing() throws Exception {
        long[] handled = {0};
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> handled[0] += batch.size())
                .capacity(1_000)
                .overflow(Overflow.block(LONG))
                .build();

        assertThat(burst(queue)).isEqualTo(BURST);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(handled[0]).isEqualTo(BURST);
    }

    @Test
    @Tag("flaw-43")
    void burst_spill_losesNothingAndKeepsTheOrder() throws Exception {
        long[] next = {0};
        AtomicBoolean inOrder = new AtomicBoolean(true);
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    for (int event : batch) {
                        inOrder.compareAndSet(true, event == next[0]++);
                    }
                })
                .capacity(1_000)
                .overflow(Overflow.spill())
                .journal(journal, CODEC)
                .build();

        assertThat(burst(queue)).isEqualTo(BURST);
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(next[0]).isEqualTo(BURST);
        assertThat(inOrder).isTrue();
        assertThat(journal.size()).isZero();
    }

    private static long burst(BackgroundQueue<Integer> queue) {
        return IntStream.range(0, BURST)
                .filter(event -> queue.enqueue(event).accepted())
                .count();
    }

    @Test
    void block_noRoomInTime_isRefusedWhenTheTimeIsUp() throws Exception {
        BackgroundQueue<Integer> queue = full(Overflow.block(Duration.ofSeconds(3)));
        CompletableFuture<EnqueueResult> result = CompletableFuture.supplyAsync(() -> queue.enqueue(9));
        assertThat(clock.nextPause()).isEqualTo(Duration.ofSeconds(3));
        clock.advance(Duration.ofMillis(2_999));
        assertThat(clock.nextPause()).isEqualTo(Duration.ofMillis(1));
        clock.advance(Duration.ofMillis(1));

        assertThat(result.join()).isEqualTo(EnqueueResult.FULL);
        finish(queue, 0, 1, 2);
    }

    @Test
    void block_roomInTime_isAccepted() throws Exception {
        BackgroundQueue<Integer> queue = full(Overflow.block(Duration.ofSeconds(3)));
        CompletableFuture<EnqueueResult> result = CompletableFuture.supplyAsync(() -> queue.enqueue(9));
        clock.nextPause();
        gate.letGo.countDown();

        assertThat(result.join()).isEqualTo(EnqueueResult.ACCEPTED);
        finish(queue, 0, 1, 2, 9);
    }

    @Test
    void block_interrupted_reportsAndKeepsTheInterrupt() throws Exception {
        BackgroundQueue<Integer> queue = full(Overflow.block(Duration.ofSeconds(3)));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        CompletableFuture<EnqueueResult> result = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            result.complete(queue.enqueue(9));
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        clock.nextPause();
        caller.interrupt();

        assertThat(result.join()).isEqualTo(EnqueueResult.INTERRUPTED);
        assertThat(interrupted.join()).isTrue();
        assertThat(queue.statistics().rejectedInterrupted()).isEqualTo(1);
        finish(queue, 0, 1, 2);
    }

    @Test
    void block_stopped_isRefusedAtOnce() throws Exception {
        BackgroundQueue<Integer> queue = full(Overflow.block(Duration.ofSeconds(3)));
        CompletableFuture<EnqueueResult> result = CompletableFuture.supplyAsync(() -> queue.enqueue(9));
        clock.nextPause();
        CompletableFuture<Long> stop = stopLater(queue);

        assertThat(result.join()).isEqualTo(EnqueueResult.CLOSED);
        gate.letGo.countDown();
        assertThat(stop.join()).isZero();
        assertThat(gate.delivered).containsExactly(0, 1, 2);
    }

    private static CompletableFuture<Long> stopLater(BackgroundQueue<Integer> queue) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return queue.stop(Deadline.after(LONG));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    @Tag("flaw-43")
    void dropOldest_full_dropsWhatWaitsLongestAndSaysSo() throws Exception {
        BackgroundQueue<Integer> queue = full(Overflow.dropOldest());
        assertThat(List.of(queue.enqueue(3), queue.enqueue(4), queue.enqueue(5)))
                .containsOnly(EnqueueResult.ACCEPTED);

        gate.letGo.countDown();
        assertThat(queue.flush(LONG)).as("a flush over dropped events").isFalse();
        finish(queue, 0, 4, 5);
        assertThat(queue.drainReport()).contains(new DrainReport(6, 3, 0, 3, 0, 0, 0));
    }

    @Test
    void dropOldest_keysAndJournal_dropsTheOldestOfAllKeysAndForgetsIt() throws Exception {
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.builder("test", gate)
                .capacity(2)
                .batchSize(1)
                .orderedBy(event -> event % 2)
                .overflow(Overflow.dropOldest())
                .journal(journal, CODEC)
                .linger(Duration.ZERO));
        gate.occupy(queue, 0);
        IntStream.rangeClosed(1, 4).forEach(queue::enqueue);
        assertThat(journal.size()).isEqualTo(3);

        finish(queue, 0, 3, 4);
        assertThat(queue.statistics().dropped()).isEqualTo(2);
        assertThat(journal.size()).isZero();
    }

    @Test
    void blockThenSpill_noRoomInTime_goesToTheJournal() throws Exception {
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.builder("test", gate)
                .capacity(2)
                .batchSize(1)
                .linger(Duration.ZERO)
                .overflow(Overflow.blockThenSpill(Duration.ofSeconds(3)))
                .journal(journal, CODEC));
        gate.occupy(queue, 0);
        queue.enqueue(1);
        queue.enqueue(2);
        CompletableFuture<EnqueueResult> result = CompletableFuture.supplyAsync(() -> queue.enqueue(3));
        assertThat(clock.passNextPause()).isEqualTo(Duration.ofSeconds(3));

        assertThat(result.join()).isEqualTo(EnqueueResult.ACCEPTED);
        assertThat(queue.statistics().queued()).isEqualTo(2);
        assertThat(queue.statistics().pending()).isEqualTo(4);
        finish(queue, 0, 1, 2, 3);
    }

    @Test
    void capacityBytes_sizer_boundsMemory() throws Exception {
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.builder("test", gate)
                .capacityBytes(10, event -> event)
                .batchSize(1)
                .linger(Duration.ZERO));
        gate.occupy(queue, 0);

        assertThat(List.of(queue.enqueue(6), queue.enqueue(5), queue.enqueue(4), queue.enqueue(1), queue.enqueue(11)))
                .containsExactly(
                        EnqueueResult.ACCEPTED,
                        EnqueueResult.FULL,
                        EnqueueResult.ACCEPTED,
                        EnqueueResult.FULL,
                        EnqueueResult.FULL);
        finish(queue, 0, 6, 4);
    }

    @Test
    void capacityBytes_spilledEventLargerThanMemory_isDeliveredAllTheSame() throws Exception {
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.builder("test", gate)
                .capacityBytes(10, event -> event)
                .batchSize(3)
                .linger(Duration.ZERO)
                .overflow(Overflow.spill())
                .journal(new ListJournal(), CODEC));
        gate.occupy(queue, 0);
        List.of(8, 50, 7, 6, 60).forEach(queue::enqueue);
        assertThat(queue.statistics().queued()).isEqualTo(1);

        finish(queue, 0, 8, 50, 7, 6, 60);
    }

    @Test
    void journal_fullOrFailing_isTheReason() throws Exception {
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue =
                clock.drive(BackgroundQueue.builder("test", gate).batchSize(1).journal(journal, CODEC));
        journal.capacity = 1;
        gate.occupy(queue, 0);
        assertThat(queue.enqueue(1)).isEqualTo(EnqueueResult.JOURNAL_FULL);
        journal.appendFails = () -> true;
        assertThat(queue.enqueue(2)).isEqualTo(EnqueueResult.JOURNAL_FAILED);

        assertThat(queue.statistics().rejectedJournalFull()).isEqualTo(1);
        assertThat(queue.statistics().rejectedJournalFailed()).isEqualTo(1);
        assertThat(queue.statistics().queued()).isZero();
        finish(queue, 0);
    }

    @Test
    void build_policyThatNeedsAJournal_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackgroundQueue.builder("test", gate)
                        .overflow(Overflow.blockThenSpill(Duration.ofSeconds(2)))
                        .build())
                .withMessage("overflow SPILL after PT2S needs a journal");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        BackgroundQueue.builder("test", gate).capacityBytes(5).build())
                .withMessage("capacityBytes needs a sizer or a journal");
    }

    /** One event in the handler's hands, and two that wait: 1 and 2. */
    private BackgroundQueue<Integer> full(Overflow overflow) throws InterruptedException {
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.builder("test", gate)
                .capacity(2)
                .batchSize(1)
                .linger(Duration.ZERO)
                .overflow(overflow));
        gate.occupy(queue, 0);
        queue.enqueue(1);
        queue.enqueue(2);
        return queue;
    }

    private void finish(BackgroundQueue<Integer> queue, Integer... delivered) throws InterruptedException {
        gate.letGo.countDown();
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(gate.delivered).containsExactly(delivered);
    }
}
