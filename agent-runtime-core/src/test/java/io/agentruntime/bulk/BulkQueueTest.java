package io.agentruntime.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.exception.RateLimitException;
import io.agentruntime.bulk.BulkJob.Progress;
import io.agentruntime.bulk.BulkJob.State;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.resilience.ProviderHttpException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BulkQueueTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static <R> BulkJob<R> end(BulkJob<R> job) throws Exception {
        return job.completion().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static Deadline soon() {
        return Deadline.after(SOON);
    }

    @Test
    void submit_itemsOfAllKinds_tellsOfEachWhatBecameOfIt() throws Exception {
        IllegalStateException failure = new IllegalStateException("no");
        BulkQueue<Integer, String> queue = BulkQueue.<Integer, String>builder("bulk", item -> {
                    if (item == 3) {
                        throw failure;
                    }
                    return "item " + item;
                })
                .attempts(2, Duration.ZERO)
                .build();
        BulkJob<String> job = end(queue.submit(upTo(5)));
        assertThat(job.progress()).isEqualTo(new Progress(5, 4, 1, 0, 0));
        assertThat(job.results().get(3).failure()).isSameAs(failure);
        assertThat(job.results().get(4)).isEqualTo(new BulkJob.Result<>(State.DONE, "item 4", null));
        assertThat(job.resumed()).isFalse();
        assertThat(queue.jobs()).isEmpty();
        assertThat(queue.stop(soon())).isZero();
    }

    @Test
    void submit_nothing_endsAtOnce() throws Exception {
        BulkQueue<Integer, Integer> queue =
                BulkQueue.<Integer, Integer>builder("bulk", item -> item).build();
        assertThat(end(queue.submit(List.of())).progress()).isEqualTo(new Progress(0, 0, 0, 0, 0));
        assertThat(queue.jobs()).isEmpty();
        queue.stop(soon());
    }

    @Test
    void handler_runsAsManyAtATimeAsAllowed_inTheContextOfTheSubmitter() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(3);
        Set<String> owners = ConcurrentHashMap.newKeySet();
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    all.countDown();
                    assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
                    owners.add(UsageContext.required().organisation());
                    running.decrementAndGet();
                    return item;
                })
                .concurrency(3)
                .build();
        BulkJob<Integer> job;
        try (ContextScope scope = UsageContext.of("acme", "import").open()) {
            job = queue.submit(upTo(20));
        }
        end(job);
        assertThat(most).hasValue(3);
        assertThat(owners).containsExactly("acme");
        queue.stop(soon());
    }

    @Test
    void cancel_letsThoseUnderWayEnd_andNoOtherBegin() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    calls.incrementAndGet();
                    begun.countDown();
                    go.await();
                    return item;
                })
                .concurrency(1)
                .build();
        BulkJob<Integer> job = queue.submit("import", upTo(10));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.job("import")).containsSame(job);
        job.cancel();
        assertThat(job.progress()).isEqualTo(new Progress(10, 0, 0, 9, 1));
        go.countDown();
        end(job);
        assertThat(job.progress()).isEqualTo(new Progress(10, 1, 0, 9, 0));
        assertThat(queue.stop(soon())).isZero();
        assertThat(calls).hasValue(1);
    }

    @Test
    void rateLimit_letsTheWholeQueuePause_andCostsNoAttempt() throws Exception {
        Set<Long> starts = ConcurrentHashMap.newKeySet();
        AtomicInteger calls = new AtomicInteger();
        long[] limitedAt = new long[1];
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    long now = System.nanoTime();
                    if (calls.incrementAndGet() == 3) {
                        limitedAt[0] = now;
                        throw new RateLimitException("slow down");
                    }
                    if (limitedAt[0] != 0) {
                        starts.add(now);
                    }
                    return item;
                })
                .concurrency(1)
                .attempts(1, Duration.ZERO)
                .pause(Duration.ofMillis(150))
                .build();
        BulkJob<Integer> job = end(queue.submit(upTo(6)));
        assertThat(job.progress()).isEqualTo(new Progress(6, 6, 0, 0, 0));
        assertThat(queue.pauses()).isEqualTo(1);
        assertThat(starts)
                .hasSize(4)
                .allMatch(
                        start -> start - limitedAt[0] >= Duration.ofMillis(150).toNanos());
        queue.stop(soon());
    }

    @Test
    void sameId_whileItRuns_isTheSameJob() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger calls = new AtomicInteger();
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    go.await();
                    return calls.incrementAndGet();
                })
                .build();
        BulkJob<Integer> job = queue.submit("import", upTo(2));
        assertThat(queue.submit("import", upTo(2))).isSameAs(job);
        go.countDown();
        end(job);
        queue.stop(soon());
        assertThat(calls).hasValue(2);
    }

    @Test
    void items_thatFindNoRoomOrAClosedQueue_failAtOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    begun.countDown();
                    go.await();
                    return item;
                })
                .concurrency(1)
                .capacity(2)
                .build();
        BulkJob<Integer> inHand = queue.submit(upTo(1));
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
        BulkJob<Integer> job = queue.submit(upTo(10));
        assertThat(job.progress()).isEqualTo(new Progress(10, 0, 8, 0, 2));
        assertThat(job.results().get(9).failure())
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessage("bulk queue 'bulk' did not take item 9 of job '" + job.id() + "': FULL");
        go.countDown();
        end(inHand);
        end(job);
        assertThat(job.progress()).isEqualTo(new Progress(10, 2, 8, 0, 0));
        queue.stop(soon());
        BulkJob<Integer> late = end(queue.submit(upTo(1)));
        assertThat(late.results().get(0).failure()).hasMessageEndingWith("CLOSED");
    }

    @Test
    void restart_withAJournal_resumesTheJobAndDoesNoItemTwice(@TempDir Path folder) throws Exception {
        Set<Integer> handled = ConcurrentHashMap.newKeySet();
        CountDownLatch stuck = new CountDownLatch(2);
        BulkQueue<Integer, Integer> first = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    if (item >= 4) {
                        stuck.countDown();
                        new CountDownLatch(1).await(); // until it is interrupted
                    }
                    handled.add(item);
                    return item;
                })
                .concurrency(2)
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Integer.class))
                .build();
        first.submit("import", upTo(10));
        assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(first.stop(Deadline.after(Duration.ofMillis(50)))).as("lost").isZero();

        CountDownLatch found = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger twice = new AtomicInteger();
        BulkQueue<Integer, Integer> second = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    found.countDown();
                    go.await();
                    twice.addAndGet(handled.add(item) ? 0 : 1);
                    return item;
                })
                .concurrency(2)
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Integer.class))
                .build();
        second.start();
        assertThat(found.await(30, TimeUnit.SECONDS)).isTrue();
        BulkJob<Integer> job = second.job("import").orElseThrow();
        assertThat(job.resumed()).isTrue();
        go.countDown();
        end(job);
        assertThat(second.stop(soon())).isZero();
        assertThat(twice).hasValue(0);
        assertThat(handled).hasSize(10);
        assertThat(job.progress()).isEqualTo(new Progress(10, 10, 0, 0, 0));
        assertThat(job.results().subList(0, 4)).allMatch(result -> result.state() == State.SETTLED_EARLIER);
        assertThat(job.results().subList(4, 10)).allMatch(result -> result.state() == State.DONE);
    }

    @Test
    void restart_itemFailsBehindTheEndOfItsJob_isTriedAgainInTheSameJob(@TempDir Path folder) throws Exception {
        BulkQueue<Integer, Integer> first = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    throw new InterruptedException("never gets anywhere");
                })
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Integer.class))
                .build();
        first.submit("import", upTo(3));
        assertThat(first.stop(Deadline.after(Duration.ofMillis(20)))).as("lost").isZero();

        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch found = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BulkQueue<Integer, Integer> second = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    found.countDown();
                    go.await();
                    if (item == 2 && attempts.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return item;
                })
                .concurrency(1)
                .attempts(3, Duration.ofMillis(1))
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Integer.class))
                .build();
        second.start();
        assertThat(found.await(30, TimeUnit.SECONDS)).isTrue();
        BulkJob<Integer> job = second.job("import").orElseThrow();
        go.countDown();
        assertThat(end(job).progress()).isEqualTo(new Progress(3, 3, 0, 0, 0));
        assertThat(attempts).hasValue(3);
        assertThat(second.stop(soon())).isZero();
        assertThat(second.jobs()).isEmpty();
    }

    @Test
    void restart_itemCannotBeReadAnyMore_countsAsFailed(@TempDir Path folder) throws Exception {
        BulkQueue<String, Integer> first = BulkQueue.<String, Integer>builder("bulk", item -> {
                    throw new InterruptedException("never gets anywhere");
                })
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(String.class))
                .build();
        first.submit("import", List.of("1", "two", "3"));
        assertThat(first.stop(Deadline.after(Duration.ofMillis(20)))).as("lost").isZero();

        CountDownLatch found = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        BulkQueue<Integer, Integer> second = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    found.countDown();
                    go.await();
                    return item;
                })
                .journal(Journal.inDirectory(folder).open(), EventCodec.json(Integer.class))
                .build();
        second.start();
        assertThat(found.await(30, TimeUnit.SECONDS)).isTrue();
        BulkJob<Integer> job = second.job("import").orElseThrow();
        go.countDown();
        assertThat(end(job).progress()).isEqualTo(new Progress(3, 2, 1, 0, 0));
        assertThat(job.results().get(1).failure()).isInstanceOf(java.io.IOException.class);
        second.stop(soon());
    }

    @Test
    void submit_idTooLong_isRefused() throws Exception {
        BulkQueue<Integer, Integer> queue =
                BulkQueue.<Integer, Integer>builder("bulk", item -> item).build();
        assertThatThrownBy(() -> queue.submit("x".repeat(257), upTo(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the id of a job has 257 characters, allowed: 256");
        queue.stop(soon());
    }

    @Test
    void rateLimit_thatSaysForHowLong_isObeyed() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        BulkQueue<Integer, Integer> queue = BulkQueue.<Integer, Integer>builder("bulk", item -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new ProviderHttpException(
                                429, "slow down", java.util.Map.of("retry-after", List.of("0")));
                    }
                    return item;
                })
                .attempts(1, Duration.ZERO)
                .pause(Duration.ofDays(1))
                .build();
        assertThat(end(queue.submit(upTo(1))).progress().done()).isEqualTo(1);
        queue.stop(soon());
    }

    @Test
    void builder_pauseOfNothing_isRefused() {
        assertThatThrownBy(() -> BulkQueue.<Integer, Integer>builder("bulk", item -> item)
                        .pause(Duration.ZERO)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the pause is not positive: PT0S");
    }
}
