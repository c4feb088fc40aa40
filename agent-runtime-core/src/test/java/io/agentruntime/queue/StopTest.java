package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class StopTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Deadline PAST = Deadline.after(Duration.ZERO);
    private static final EventCodec<Integer> CODEC = EventCodec.json(Integer.class);

    private final Gate gate = new Gate();

    @Test
    @Tag("flaw-45")
    void stop_backlog_deliversAllOfItInOrder() throws Exception {
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).capacity(500).batchSize(7).build();
        IntStream.range(0, 500).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(gate.delivered).isEqualTo(IntStream.range(0, 500).boxed().toList());
        assertThat(queue.drainReport()).contains(new DrainReport(500, 500, 0, 0, 0, 0, 0));
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.STOPPED);
    }

    @Test
    @Tag("flaw-44")
    @Tag("flaw-47")
    void stop_handlerHangsAndQueueIsFull_returnsAtTheDeadlineAndSaysWhatIsLost() throws Exception {
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).capacity(3).batchSize(1).build();
        gate.occupy(queue, 0);
        IntStream.rangeClosed(1, 3).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(Duration.ofMillis(50)))).isEqualTo(4);
        assertThat(queue.drainReport()).contains(new DrainReport(4, 0, 0, 0, 4, 0, 4));
        assertThat(queue.drainReport().orElseThrow().drained()).isFalse();
    }

    @Test
    @Tag("flaw-47")
    void stop_handlerHangsAndJournal_nothingIsLost() throws Exception {
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue = BackgroundQueue.builder("test", gate)
                .capacity(2)
                .batchSize(1)
                .overflow(Overflow.spill())
                .journal(journal, CODEC)
                .build();
        gate.occupy(queue, 0);
        IntStream.rangeClosed(1, 9).forEach(queue::enqueue);

        assertThat(queue.stop(PAST)).isZero();
        assertThat(queue.drainReport()).contains(new DrainReport(10, 0, 0, 0, 10, 10, 0));
        assertThat(journal.closed).isTrue();
        assertThat(journal.size()).isEqualTo(10);
    }

    @Test
    void stop_handlerHangs_isInterrupted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    try {
                        entered.countDown();
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                })
                .build();
        queue.enqueue(1);
        entered.await();
        queue.stop(PAST);

        interrupted.await();
        assertThat(queue.statistics().pending()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-48")
    void enqueue_afterStop_isRefusedVisiblyAndNothingStartsAgain() throws Exception {
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("stopped", gate).build();
        queue.stop(Deadline.after(LONG));
        queue.start();

        assertThat(queue.enqueue(1)).isEqualTo(EnqueueResult.CLOSED);
        assertThat(queue.statistics().rejectedClosed()).isEqualTo(1);
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.STOPPED);
        assertThat(threads("agentruntime-stopped-")).isEmpty();
    }

    @Test
    void stop_twice_isTheSame() throws Exception {
        gate.letGo.countDown();
        BackgroundQueue<Integer> queue = BackgroundQueue.builder("test", gate).build();
        queue.enqueue(1);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(queue.stop(PAST)).isZero();
        assertThat(queue.drainReport()).contains(new DrainReport(1, 1, 0, 0, 0, 0, 0));
    }

    @Test
    void stop_neverStartedButJournalHasEvents_leavesThemThere() throws Exception {
        ListJournal journal = new ListJournal();
        journal.put(Envelope.write(new Envelope.Content<>(7, null, 0), CODEC));
        BackgroundQueue<Integer> queue =
                BackgroundQueue.builder("test", gate).journal(journal, CODEC).build();

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(queue.drainReport()).contains(new DrainReport(1, 0, 0, 0, 1, 1, 0));
    }

    @Test
    @Tag("flaw-52")
    void stop_leavesNoThreadAndNothingThatHoldsTheQueue() throws Exception {
        WeakReference<Object> queue = new WeakReference<>(used());
        assertThat(threads("agentruntime-collected-")).isEmpty();
        while (queue.get() != null) { // ends by the time limit of all tests if something holds it
            System.gc();
            Thread.onSpinWait();
        }
    }

    private static Object used() throws InterruptedException {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("collected", batch -> {})
                .concurrency(3)
                .build();
        queue.enqueue(1);
        queue.flush(LONG);
        assertThat(threads("agentruntime-collected-")).isNotEmpty();
        queue.stop(Deadline.after(LONG));
        for (Thread worker : threads("agentruntime-collected-")) { // on their last steps
            worker.join(LONG.toMillis());
        }
        return queue;
    }

    private static List<Thread> threads(String prefix) {
        Set<Thread> all = Thread.getAllStackTraces().keySet();
        return all.stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .collect(Collectors.toList());
    }
}
