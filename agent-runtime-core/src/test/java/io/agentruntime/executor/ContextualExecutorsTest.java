package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextualExecutorsTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");
    private static final UsageContext OTHER = UsageContext.of("other", "summaries");

    private final ScheduledExecutorService host = Executors.newScheduledThreadPool(1);
    private final ScheduledExecutorService wrapper = ContextualExecutors.wrap(host);
    private final BlockingQueue<Optional<UsageContext>> seen = new LinkedBlockingQueue<>();
    private final Callable<Integer> task = () -> {
        look();
        return 7;
    };

    private void look() {
        seen.add(UsageContext.current());
    }

    @AfterEach
    void stop() {
        host.shutdownNow();
        assertThat(ContextScope.openScopes()).isEmpty();
    }

    private interface Entry {
        void hand(ExecutorService service) throws Exception;
    }

    private Map<String, Entry> entries() {
        return Map.ofEntries(
                Map.entry("execute", service -> service.execute(this::look)),
                Map.entry(
                        "submit runnable",
                        service -> assertThat(service.submit(this::look).get()).isNull()),
                Map.entry(
                        "submit with result",
                        service -> assertThat(service.submit(this::look, "r").get())
                                .isEqualTo("r")),
                Map.entry(
                        "submit callable",
                        service -> assertThat(service.submit(task).get()).isEqualTo(7)),
                Map.entry(
                        "invokeAll",
                        service -> assertThat(
                                        service.invokeAll(List.of(task)).get(0).get())
                                .isEqualTo(7)),
                Map.entry(
                        "invokeAll timed",
                        service -> assertThat(service.invokeAll(List.of(task), 1, TimeUnit.HOURS)
                                        .get(0)
                                        .get())
                                .isEqualTo(7)),
                Map.entry(
                        "invokeAny",
                        service -> assertThat(service.invokeAny(List.of(task))).isEqualTo(7)),
                Map.entry(
                        "invokeAny timed",
                        service -> assertThat(service.invokeAny(List.of(task), 1, TimeUnit.HOURS))
                                .isEqualTo(7)),
                Map.entry(
                        "schedule runnable",
                        service -> assertThat(((ScheduledExecutorService) service)
                                        .schedule(this::look, 1, TimeUnit.NANOSECONDS)
                                        .get())
                                .isNull()),
                Map.entry(
                        "schedule callable",
                        service -> assertThat(((ScheduledExecutorService) service)
                                        .schedule(task, 1, TimeUnit.NANOSECONDS)
                                        .get())
                                .isEqualTo(7)));
    }

    @Test
    void everyMethod_carriesTheContextAndLeavesNothing() throws Exception {
        for (Map.Entry<String, Entry> entry : entries().entrySet()) {
            try (ContextScope scope = ACME.open()) {
                entry.getValue().hand(wrapper);
                assertThat(UsageContext.current()).contains(ACME);
            }
            assertThat(seen.take()).as(entry.getKey()).contains(ACME);
            assertThat(onHostThread()).as(entry.getKey()).isEmpty();
            entry.getValue().hand(wrapper);
            assertThat(seen.take()).as(entry.getKey() + " without context").isEmpty();
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void wrapExecutor_onTheCallersThread_restoresTheCaller() {
        try (ContextScope scope = ACME.open()) {
            ContextualExecutors.wrap(Runnable::run).execute(() -> {
                ContextScope inner = OTHER.openReplacing();
                look();
                inner.close();
                look();
            });
            assertThat(UsageContext.current()).contains(ACME);
        }
        assertThat(seen).containsExactly(Optional.of(OTHER), Optional.of(ACME));
    }

    @Test
    void wrapExecutor_onAnotherThread_carriesTheContextAndLeavesNothing() throws Exception {
        try (ContextScope scope = ACME.open()) {
            ContextualExecutors.wrap((Executor) host).execute(this::look);
        }
        assertThat(seen.take()).contains(ACME);
        assertThat(onHostThread()).isEmpty();
    }

    @Test
    void taskThrows_futureFailsAndTheThreadIsRestored() throws Exception {
        IllegalStateException failure = new IllegalStateException("task");
        try (ContextScope scope = ACME.open()) {
            assertThatThrownBy(() -> wrapper.submit((Callable<String>) () -> {
                                throw failure;
                            })
                            .get())
                    .hasCause(failure);
        }
        assertThat(onHostThread()).isEmpty();
    }

    @Test
    void periodicTasks_carryTheContextInEachRun() throws Exception {
        try (ContextScope scope = ACME.open()) {
            takeThree(wrapper.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.NANOSECONDS));
        }
        ScheduledFuture<?> delayed;
        try (ContextScope scope = OTHER.open()) {
            delayed = wrapper.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.NANOSECONDS);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(seen.take()).contains(OTHER);
            assertThat(onHostThread()).isEmpty();
        }
        delayed.cancel(false);
    }

    private void takeThree(ScheduledFuture<?> periodic) throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(seen.take()).contains(ACME);
        }
        periodic.cancel(false);
        assertThat(onHostThread()).isEmpty(); // the only thread: what ran before this has ended
        seen.clear();
    }

    private Optional<UsageContext> onHostThread() throws Exception {
        return host.submit(UsageContext::current).get();
    }
}
