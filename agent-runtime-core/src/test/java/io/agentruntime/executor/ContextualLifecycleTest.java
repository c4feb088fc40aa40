package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextualLifecycleTest {

    private final ScheduledExecutorService host = Executors.newScheduledThreadPool(1);
    private final ScheduledExecutorService wrapper = ContextualExecutors.wrap(host);
    private final BlockingQueue<Optional<UsageContext>> seen = new LinkedBlockingQueue<>();

    private void look() {
        seen.add(UsageContext.current());
    }

    @AfterEach
    void stop() {
        host.shutdownNow();
    }

    @Test
    void lifecycle_ofTheWrapper_leavesTheHostAlone() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (AutoCloseable closing = ((ContextualExecutorService) wrapper)::close) {
            wrapper.execute(() -> {
                await(gate);
                look();
            });
            wrapper.execute(this::look);
        }
        wrapper.shutdown();
        assertThat(wrapper.shutdownNow()).isEmpty();
        assertThat(List.of(wrapper.isShutdown(), wrapper.isTerminated())).containsOnly(false);
        assertThat(wrapper.awaitTermination(1, TimeUnit.NANOSECONDS)).isFalse();
        gate.countDown();
        assertThat(List.of(seen.take(), seen.take())).containsOnly(Optional.empty());

        host.shutdown();
        assertThat(wrapper.awaitTermination(1, TimeUnit.HOURS)).isTrue();
        assertThat(List.of(wrapper.isShutdown(), wrapper.isTerminated())).containsOnly(true);
        assertThatThrownBy(() -> wrapper.submit(this::look)).isInstanceOf(RejectedExecutionException.class);
    }

    /** From JDK 19 on the interface has a close that shuts down and waits: the wrapper's must be found through it. */
    @Test
    void close_throughTheInterface_doesNotHang() throws Exception {
        Object service = ContextualExecutors.wrap((ExecutorService) host);
        if (service instanceof AutoCloseable closeable) {
            closeable.close();
        } else {
            assertThat(Runtime.version().feature()).isLessThan(19);
        }
        assertThat(host.isShutdown()).isFalse();
    }

    @Test
    void nulls_areRejectedBeforeTheHostSeesThem() {
        assertThatNullPointerException().isThrownBy(() -> ContextualExecutors.wrap((ExecutorService) null));
        assertThatNullPointerException().isThrownBy(() -> wrapper.execute(null)).withMessage("task");
        assertThatNullPointerException().isThrownBy(() -> ContextualExecutors.forTools(null));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
