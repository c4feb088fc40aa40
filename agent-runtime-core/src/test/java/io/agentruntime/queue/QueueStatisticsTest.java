package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueStatisticsTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final Gate gate = new Gate();
    private final ManualClock clock = new ManualClock();

    @Test
    void oldestAge_isThatOfTheOldestEventNotSettled_alsoInTheHandlersHands() throws Exception {
        BackgroundQueue<Integer> queue =
                clock.drive(BackgroundQueue.builder("test", gate).batchSize(1).linger(Duration.ZERO));
        assertThat(queue.statistics().oldestAge()).isZero();
        gate.occupy(queue, 0);
        clock.advance(Duration.ofSeconds(5));
        queue.enqueue(1);
        clock.advance(Duration.ofSeconds(2));
        assertThat(queue.statistics().oldestAge()).isEqualTo(Duration.ofSeconds(7));
        gate.letGo.countDown();
        assertThat(queue.flush(LONG)).isTrue();

        assertThat(queue.statistics().oldestAge()).isZero();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void oldestAge_eventFromBeforeARestart_countsFromItsAcceptance() throws Exception {
        ListJournal journal = new ListJournal();
        EventCodec<Integer> codec = EventCodec.json(Integer.class);
        journal.put(Envelope.write(new Envelope.Content<>(7, null, clock.millis() - 3_600_000), codec));
        BackgroundQueue<Integer> queue =
                clock.drive(BackgroundQueue.builder("test", gate).journal(journal, codec));
        queue.start();
        gate.entered.await();

        assertThat(queue.statistics().oldestAge()).isEqualTo(Duration.ofHours(1));
        gate.letGo.countDown();
        queue.stop(Deadline.after(LONG));
    }

    @Test
    void handlerTime_isMeasured() throws Exception {
        BackgroundQueue<Integer> queue = clock.drive(
                BackgroundQueue.<Integer>perEvent("test", event -> clock.advance(Duration.ofMillis(event))));
        queue.enqueue(1);
        queue.enqueue(80);
        queue.stop(Deadline.after(LONG));

        assertThat(queue.statistics().handlerTime().count()).isEqualTo(2);
        assertThat(queue.statistics().handlerTime().max()).isBetween(Duration.ofMillis(80), Duration.ofMillis(90));
    }

    @Test
    void workers_haveAState() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.builder("test", gate).build();
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.NEW);
        gate.occupy(queue, 0);
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.RUNNING);
        gate.letGo.countDown();
        queue.stop(Deadline.after(LONG));
        assertThat(queue.statistics().workers()).isEqualTo(BackgroundQueue.WorkerState.STOPPED);
    }
}
