package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.executor.Gather.Failure;
import io.agentruntime.executor.Gather.Outcome;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several places are asked at once, as caches are: one that fails or is slow costs its own answer and no other, all have the same
 * time, and whatever ends the question, no branch goes on.
 */
@Tag("flaw-13")
class ParallelLookupTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(100);

    /** Enough for branches that do nothing, on a busy machine too. */
    private static final Duration AMPLE = Duration.ofSeconds(1);

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch twoRun = new CountDownLatch(2);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private WorkloadExecutor executor;

    private Gather onThree(boolean virtual) {
        Workload workload = new Workload("io", 3, 10);
        executor = WorkloadExecutor.create(virtual ? workload.virtual() : workload);
        return Gather.on(executor);
    }

    @AfterEach
    void stop() throws InterruptedException {
        gate.countDown();
        executor.stop(Deadline.after(LIMIT));
    }

    private String hang() throws InterruptedException {
        begun.incrementAndGet();
        twoRun.countDown();
        try {
            gate.await();
            return "slow";
        } finally {
            ended.incrementAndGet();
        }
    }

    private String hangWhateverComes() {
        begun.incrementAndGet();
        boolean interrupted = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return "slow, interrupted: " + interrupted;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settled_oneFailsAndOneIsSlow_theOthersAnswer(boolean virtual) throws Exception {
        IOException down = new IOException("the cache is down");
        Callable<String> broken = () -> {
            throw down;
        };
        CompletableFuture<List<Outcome<String>>> result = onThree(virtual)
                .within(Deadline.after(AMPLE))
                .settled(List.of(() -> "session", broken, this::hang, () -> "store"));
        List<Outcome<String>> outcomes = Watchdog.await(result, LIMIT, executor.toString());
        assertThat(outcomes.get(0)).isEqualTo(new Success<>("session"));
        assertThat(outcomes.get(1)).isEqualTo(new Failure<>(down));
        assertThat(((Failure<String>) outcomes.get(2)).cause()).isInstanceOf(TimeoutException.class);
        assertThat(outcomes.get(3)).isEqualTo(new Success<>("store"));
        expectNothingGoesOn();
    }

    /** If each branch had the time for itself, the second would begin when that of the first is up. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settled_branchesOneAfterAnother_shareOneDeadline(boolean virtual) throws Exception {
        CompletableFuture<List<Outcome<String>>> result =
                onThree(virtual).width(1).within(Deadline.after(SHORT)).settled(Collections.nCopies(5, this::hang));
        List<Outcome<String>> outcomes = Watchdog.await(result, LIMIT, executor.toString());
        assertThat(outcomes).hasSize(5).allMatch(Failure.class::isInstance);
        expectNothingGoesOn();
        assertThat(begun).hasValueLessThanOrEqualTo(1);
    }

    /** Java cannot end it, but nobody waits for it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void settled_branchIgnoresTheInterrupt_answersAtTheDeadlineAllTheSame(boolean virtual) throws Exception {
        CompletableFuture<List<Outcome<String>>> result =
                onThree(virtual).within(Deadline.after(AMPLE)).settled(List.of(this::hangWhateverComes, () -> "quick"));
        List<Outcome<String>> outcomes = Watchdog.await(result, LIMIT, executor.toString());
        assertThat(outcomes.get(0)).isInstanceOf(Failure.class);
        assertThat(outcomes.get(1)).isEqualTo(new Success<>("quick"));
        assertThat(executor.statistics().active()).as("still at it").isEqualTo(1);
    }

    /** How a question ends while branches hang. */
    private enum End {
        DEADLINE,
        TIMEOUT,
        CANCELLED,
        COMPLETED,
        FAILED,
        SUCCEEDED
    }

    private static Stream<Arguments> endsOnBothKindsOfThreads() {
        return Stream.of(End.values()).flatMap(end -> Stream.of(Arguments.of(end, false), Arguments.of(end, true)));
    }

    @ParameterizedTest
    @MethodSource("endsOnBothKindsOfThreads")
    void end_ofAnyKind_leavesNoBranchBehind(End end, boolean virtual) throws Exception {
        CompletableFuture<?> result = ask(end, onThree(virtual));
        Watchdog.await(result.handle((value, failure) -> true), LIMIT, end + " " + executor);
        expectNothingGoesOn();
        assertThat(begun.get()).as("those that had begun before").isLessThanOrEqualTo(3);
    }

    private CompletableFuture<?> ask(End end, Gather gather) throws InterruptedException {
        List<Callable<String>> hanging = Collections.nCopies(6, this::hang);
        return switch (end) {
            case DEADLINE -> gather.within(Deadline.after(SHORT)).settled(hanging);
            case TIMEOUT -> gather.all(hanging).orTimeout(SHORT.toMillis(), TimeUnit.MILLISECONDS);
            case CANCELLED -> whileTwoRun(gather.settled(hanging), result -> result.cancel(false));
            case COMPLETED -> whileTwoRun(gather.all(hanging), result -> result.complete(List.of()));
            case FAILED -> gather.all(plus(hanging, this::failAmongOthers));
            case SUCCEEDED -> gather.first(plus(hanging, this::succeedAmongOthers));
        };
    }

    private <T> CompletableFuture<T> whileTwoRun(CompletableFuture<T> result, Predicate<CompletableFuture<T>> end)
            throws InterruptedException {
        assertThat(twoRun.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(end.test(result)).isTrue();
        return result;
    }

    private static List<Callable<String>> plus(List<Callable<String>> branches, Callable<String> one) {
        return Stream.concat(Stream.of(one), branches.stream()).toList();
    }

    private String succeedAmongOthers() throws InterruptedException {
        twoRun.await();
        return "found";
    }

    private String failAmongOthers() throws InterruptedException {
        twoRun.await();
        throw new IllegalStateException("asked for");
    }

    private void expectNothingGoesOn() throws InterruptedException {
        assertThat(executor.stop(Deadline.after(LIMIT)))
                .as("cancelled by the stop, not by the gather")
                .isZero();
        assertThat(ended.get()).isEqualTo(begun.get());
        assertThat(gate.getCount()).as("none has come through").isEqualTo(1);
        assertThat(executor.statistics().queued()).isZero();
    }
}
