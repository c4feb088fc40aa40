package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A store that is down for all events must not turn them into dead ones. */
@Tag("flaw-51")
class OutageTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final EventCodec<Integer> CODEC = EventCodec.json(Integer.class);

    private final List<Integer> delivered = new CopyOnWriteArrayList<>();
    private final List<DeadEvent<Integer>> dead = new CopyOnWriteArrayList<>();
    private final ManualClock clock = new ManualClock();

    @Test
    @Tag("flaw-50")
    void downForAMinute_eventsComing_noneIsLostAndMemoryIsBounded() throws Exception {
        long upAgain = clock.nanos() + Duration.ofSeconds(60).toNanos();
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.<Integer>builder("test", batch -> {
                    if (clock.nanos() - upAgain < 0) {
                        throw new IllegalStateException("store down");
                    }
                    delivered.addAll(batch);
                })
                .capacity(100)
                .batchSize(20)
                .linger(Duration.ZERO)
                .overflow(Overflow.spill())
                .journal(new ListJournal(), CODEC)
                .deadLetter(dead::add));
        int events = 0;
        while (clock.nanos() - upAgain < 0) {
            for (int i = 0; i < 50; i++) {
                assertThat(queue.enqueue(events++).accepted()).isTrue();
            }
            clock.passNextPause();
            assertThat(queue.statistics().queued()).isLessThanOrEqualTo(100 + 20);
        }

        while (delivered.size() < events) { // without a restart
            clock.passAnyPause();
        }
        assertThat(queue.flush(LONG)).isTrue();
        assertThat(dead).isEmpty();
        assertThat(delivered).isEqualTo(IntStream.range(0, events).boxed().toList());
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
    }

    @Test
    void pauses_growToFiveSecondsAndNoFurther() throws Exception {
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.<Integer>builder("test", batch -> {
                    throw new IllegalStateException("store down");
                })
                .linger(Duration.ZERO));
        queue.enqueue(1);
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            pauses.add(clock.passNextPause());
        }
        for (int i = 0; i < pauses.size(); i++) {
            Duration most = Duration.ofMillis(Math.min(100L << i, 5_000));
            assertThat(pauses.get(i)).as("pause %d", i).isBetween(most.dividedBy(2), most);
        }
        assertThat(new HashSet<>(pauses.subList(6, 12))).as("not all alike").hasSizeGreaterThan(1);
        assertThat(queue.stop(Deadline.after(Duration.ZERO))).isEqualTo(1);
    }

    @Test
    void upAgainAtAnyCall_noEventIsTakenForPoison() throws Exception {
        for (int calls = 1; calls < 60; calls++) {
            delivered.clear();
            AtomicInteger left = new AtomicInteger(calls);
            BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                        if (left.getAndDecrement() > 0) {
                            throw new IllegalStateException("store down");
                        }
                        delivered.addAll(batch);
                    })
                    .batchSize(8)
                    .linger(Duration.ofDays(1))
                    .attempts(2, Duration.ZERO)
                    .deadLetter(dead::add)
                    .build();
            IntStream.range(0, 16).forEach(queue::enqueue);

            assertThat(queue.stop(Deadline.after(LONG))).isZero();
            assertThat(dead).as("up after %d calls", calls).isEmpty();
            assertThat(delivered)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, 16).boxed().toList());
        }
    }

    @Test
    void downInTheMiddleOfAnExamination_onlyThePoisonIsGivenUp() throws Exception {
        for (int round = 1; round < 50; round++) {
            delivered.clear();
            dead.clear();
            int from = round / 2;
            int calls = round % 2 == 0 ? 60 : 600;
            AtomicInteger made = new AtomicInteger();
            BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                        int call = made.getAndIncrement();
                        if ((call >= from && call < from + calls) || batch.contains(20)) {
                            throw new IllegalStateException("down, or poison");
                        }
                        delivered.addAll(batch);
                    })
                    .batchSize(64)
                    .linger(Duration.ofDays(1))
                    .attempts(2, Duration.ZERO)
                    .deadLetter(dead::add)
                    .build();
            IntStream.range(0, 128).forEach(queue::enqueue);

            assertThat(queue.stop(Deadline.after(LONG))).isZero();
            assertThat(dead)
                    .as("down at call %d for %d calls", from, calls)
                    .extracting(DeadEvent::event)
                    .containsExactly(20);
            assertThat(delivered).hasSize(127).doesNotHaveDuplicates();
        }
    }

    @Test
    void down_examinationOfALargeBatch_costsFewCalls() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch full =
                new CountDownLatch(1); // or else the next pause could be that of a batch that waits to fill
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.<Integer>builder("test", batch -> {
                    calls.incrementAndGet();
                    throw new IllegalStateException("store down");
                })
                .onStart(full::await)
                .batchSize(512)
                .attempts(1, Duration.ofSeconds(1)));
        IntStream.range(0, 512).forEach(queue::enqueue);
        full.countDown();
        clock.nextPause();

        assertThat(calls.get())
                .as("the whole, 9 halvings, and the second suspect")
                .isEqualTo(11);
        assertThat(queue.stop(Deadline.after(Duration.ZERO))).isEqualTo(512);
    }

    @Test
    void othersAreTakenByOtherWorkers_isNoOutage() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    if (event == 13) {
                        throw new IllegalStateException("poison");
                    }
                    delivered.add(event);
                })
                .orderedBy(event -> event)
                .attempts(2, Duration.ofMillis(1))
                .deadLetter(dead::add)
                .build();
        for (int event = 13; dead.isEmpty(); event++) { // each has a key of its own: none is a witness
            queue.enqueue(event);
        }

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(dead).extracting(DeadEvent::event).containsExactly(13);
    }

    @Test
    void maxOutage_isOver_givesUp() throws Exception {
        BackgroundQueue<Integer> queue = clock.drive(BackgroundQueue.<Integer>builder("test", batch -> {
                    throw new IllegalStateException("store down");
                })
                .linger(Duration.ZERO)
                .maxOutage(Duration.ofMinutes(1))
                .deadLetter(dead::add));
        long began = clock.nanos();
        queue.enqueue(1);
        while (dead.isEmpty()) {
            clock.passAnyPause();
        }
        assertThat(Duration.ofNanos(clock.nanos() - began)).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(queue.stop(Deadline.after(LONG))).isZero();
    }

    @Test
    void stop_storeDown_keepsTryingUntilTheDeadlineAndLeavesTheRestInTheJournal() throws Exception {
        ListJournal journal = new ListJournal();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder("test", batch -> {
                    throw new IllegalStateException("store down");
                })
                .attempts(1, Duration.ofMillis(1))
                .journal(journal, CODEC)
                .deadLetter(dead::add)
                .build();
        IntStream.range(0, 10).forEach(queue::enqueue);

        assertThat(queue.stop(Deadline.after(Duration.ofMillis(50)))).isZero();
        assertThat(queue.drainReport()).contains(new DrainReport(10, 0, 0, 0, 10, 10, 0));
        assertThat(dead).isEmpty();
    }
}
