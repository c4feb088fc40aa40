package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.executor.Gather.Success;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatherContextTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");
    private static final UsageContext OTHER = UsageContext.of("other", "summaries");

    @AfterEach
    void noScope_isLeftOpen() {
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    @Test
    void everyMethod_carriesTheContextAlsoToLaterBranches_andLeavesNothing() throws Exception {
        for (int places = 0;
                places < 2;
                places++) { // without a place in the queue, later branches run in place of the first
            assertThat(seenBy(Gather::all, places)).hasSize(21).containsOnly(Optional.of(ACME));
            assertThat(seenBy(Gather::settled, places)).hasSize(21).containsOnly(new Success<>(Optional.of(ACME)));
            assertThat(seenBy((gather, look) -> gather.first(look).thenApply(List::of), places))
                    .containsExactly(Optional.of(ACME));
        }
    }

    /** A workload takes only so many parts from inside: then a branch runs in the place of the one before it. */
    @Test
    @Tag("flaw-10")
    void branchInThePlaceOfOneThatLeftRubbish_seesItsOwnContext() throws Exception {
        WorkloadExecutor workload = WorkloadExecutor.create(new Workload("fresh", 1, 0));
        AtomicInteger othersBefore = new AtomicInteger();
        Callable<Surroundings> fillsAndLitters = () -> {
            while (catchThrowable(() -> workload.execute(othersBefore::incrementAndGet)) == null) {
                Thread.onSpinWait();
            }
            Surroundings.litter();
            return null;
        };
        Callable<Surroundings> looks = () -> {
            assertThat(othersBefore).as("ran in turn, not in place").hasValue(0);
            return Surroundings.here();
        };
        CompletableFuture<List<Surroundings>> result;
        try (ContextScope scope = ACME.open()) {
            result = Gather.on(workload).width(1).all(List.of(fillsAndLitters, looks));
        }
        Surroundings seen = result.get(30, TimeUnit.SECONDS).get(1);
        assertThat(seen.context()).isEqualTo(ACME);
        assertThat(seen.diagnostics()).isEmpty();
        workload.stop(Deadline.after(Duration.ofSeconds(10)));
    }

    private static <R> List<R> seenBy(
            BiFunction<Gather, List<Callable<Optional<UsageContext>>>, CompletableFuture<List<R>>> method, int places)
            throws Exception {
        WorkloadExecutor workload = WorkloadExecutor.create(new Workload("fresh", 1, places));
        CountDownLatch closed = new CountDownLatch(1);
        List<Callable<Optional<UsageContext>>> look = new ArrayList<>(List.of(() -> {
            closed.await(); // so that the others are handed over when the caller has closed its scope
            return UsageContext.current();
        }));
        IntStream.range(0, 20).forEach(i -> look.add(UsageContext::current));
        CompletableFuture<List<R>> result;
        try (ContextScope scope = ACME.open()) {
            result = method.apply(Gather.on(workload), look);
        }
        try (ContextScope scope = OTHER.open()) {
            closed.countDown();
            result.join();
            assertThat(UsageContext.current()).contains(OTHER);
        }
        workload.stop(Deadline.after(Duration.ofSeconds(10)));
        return result.join();
    }
}
