package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FlushTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Gate gate = new Gate();

    @Test
    void flush_laterEventSettledFirst_waitsForTheEarlierOne() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 1) {
                        first.await();
                    } else {
                        second.countDown();
                    }
                })
                .concurrency(2)
                .build();
        queue.enqueue(1);
        queue.enqueue(2);
        second.await();
        assertThat(queue.flush(SHORT)).as("1 is still in the handler's hands").isFalse();
        first.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void flush_eventsAcceptedAfterIt_doNotHoldItUp() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch secondEntered = new CountDownLatch(1);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 1) {
                        first.await();
                    } else {
                        secondEntered.countDown();
                        never.await();
                    }
                })
                .build();
        queue.enqueue(1);
        CompletableFuture<Boolean> flushed = new CompletableFuture<>();
        Thread flusher = new Thread(() -> flushed.complete(flush(queue)));
        flusher.start();
        while (flusher.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        queue.enqueue(2);
        first.countDown();
        secondEntered.await();

        assertThat(flushed.join()).isTrue();
        assertThat(queue.stop(Deadline.after(SHORT))).isEqualTo(1);
    }

    private static boolean flush(BackgroundQueue<Integer> queue) {
        try {
            return queue.flush(LONG);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void flush_laterEventDelivered_isNotTakenForAnEarlierOne() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch firstEntered = new CountDownLatch(1);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 1) {
                        firstEntered.countDown();
                        first.await();
                    }
                })
                .concurrency(2)
                .build();
        queue.enqueue(1);
        firstEntered.await();
        CompletableFuture<Boolean> flushed = new CompletableFuture<>();
        Thread flusher = new Thread(() -> flushed.complete(flush(queue)));
        flusher.start();
        while (flusher.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        for (int event = 2; event < 100; event++) {
            queue.enqueue(event);
        }
        while (queue.statistics().delivered() < 98) {
            Thread.onSpinWait();
        }
        assertThat(flushed).isNotDone();
        first.countDown();

        assertThat(flushed.join()).isTrue();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void flush_batchThatWaitsToFill_goesAtOnce() throws Exception {
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).linger(Duration.ofDays(1)).build();
        queue.enqueue(1);

        assertThat(queue.flush(LONG)).isTrue();
        assertThat(gate.delivered).containsExactly(1);
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void flush_deadEvent_isToldOnce() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 13) {
                        throw new NotRetryable();
                    }
                })
                .deadLetter(dead -> {})
                .build();
        queue.enqueue(13);
        assertThat(queue.flush(LONG)).isFalse();
        queue.enqueue(14);
        assertThat(queue.flush(LONG)).isTrue();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void flush_stopLeavesTheEventBehind_endsAndSaysSo() throws Exception {
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).batchSize(1).build();
        gate.occupy(queue, 1);
        CompletableFuture<Boolean> flushed = CompletableFuture.supplyAsync(() -> flush(queue));
        queue.stop(Deadline.after(SHORT));

        assertThat(flushed.join()).isFalse();
    }

    @Test
    void flush_journalHasEventsFromBefore_waitsForThem() throws Exception {
        ListJournal journal = new ListJournal();
        EventCodec<Integer> codec = EventCodec.json(Integer.class);
        journal.put(Envelope.write(new Envelope.Content<>(7, null, 0), codec));
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).journal(journal, codec).build();

        assertThat(queue.flush(SHORT)).isFalse();
        gate.letGo.countDown();
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(gate.delivered).containsExactly(7);
        queue.stop(Deadline.after(LONG));
    }
}
