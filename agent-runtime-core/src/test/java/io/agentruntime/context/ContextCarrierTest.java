package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class ContextCarrierTest {

    private static final UsageContext ACME = UsageContext.of("acme", "f");
    private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

    @AfterEach
    void leaveNothing() {
        MDC.clear();
        TRACE.remove();
        ContextRegistry.getInstance().removeThreadLocalAccessor("trace");
    }

    @Test
    void mdc_wrappedTask_seesTheSubmittersAndLeavesTheThreadsOwn() throws Exception {
        MDC.put("request", "r-1");
        Callable<String> task = ContextSnapshot.capture().wrap((Callable<String>) () -> {
            String seen = MDC.get("request") + MDC.get("own");
            MDC.put("left", "behind");
            return seen;
        });
        MDC.clear();
        MDC.put("own", "x");
        assertThat(task.call()).isEqualTo("r-1null");
        assertThat(MDC.getCopyOfContextMap()).containsOnlyKeys("own");
    }

    /** The second run, and whoever captured, do not see what the first run changed. */
    @Test
    @Tag("flaw-16")
    void mdc_changedInATask_isItsOwnChangeOnly() throws Exception {
        MDC.put("request", "r-1");
        Callable<String> task = ContextSnapshot.capture().wrap((Callable<String>) () -> {
            String seen = MDC.get("request") + MDC.get("more");
            MDC.put("request", "changed");
            MDC.put("more", "added");
            return seen;
        });
        assertThat(task.call()).isEqualTo("r-1null");
        assertThat(CompletableFuture.supplyAsync(() -> callOf(task)).join()).isEqualTo("r-1null");
        assertThat(task.call()).isEqualTo("r-1null");
        assertThat(MDC.getCopyOfContextMap()).containsExactly(Map.entry("request", "r-1"));
    }

    private static String callOf(Callable<String> task) {
        try {
            return task.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void mdc_nothingCaptured_taskSeesNothingAndItsResidueIsRemoved() throws Exception {
        Callable<String> task = ContextSnapshot.capture().wrap((Callable<String>) () -> {
            MDC.put("left", "behind");
            return MDC.get("own");
        });
        assertThat(task.call()).isNull();
        assertThat(MDC.get("left")).isNull();
        MDC.put("own", "x");
        assertThat(task.call()).isNull();
        assertThat(MDC.get("own")).isEqualTo("x");
    }

    @Test
    void mdc_openedSnapshot_isRestoredByClose() {
        MDC.put("request", "r-1");
        ContextSnapshot snapshot = ContextSnapshot.capture();
        MDC.put("request", "r-2");
        try (ContextScope scope = snapshot.open()) {
            assertThat(MDC.get("request")).isEqualTo("r-1");
        }
        assertThat(MDC.get("request")).isEqualTo("r-2");
    }

    @Test
    void micrometer_itsRegisteredAccessors_areCarriedByUs() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("trace", TRACE);
        TRACE.set("t-1");
        Callable<String> task = ContextSnapshot.capture().wrap((Callable<String>) TRACE::get);
        var seen = CompletableFuture.supplyAsync(() -> {
            try {
                return task.call() + "," + TRACE.get();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(seen.join()).isEqualTo("t-1,null");
    }

    @Test
    void micrometer_nothingCaptured_hidesTheThreadsOwnFromTheTask() throws Exception {
        ContextRegistry.getInstance().registerThreadLocalAccessor("trace", TRACE);
        Callable<String> task = ContextSnapshot.capture().wrap((Callable<String>) TRACE::get);
        TRACE.set("own");
        try (ContextScope scope = ACME.open()) {
            assertThat(task.call()).isNull();
            assertThat(UsageContext.current()).contains(ACME);
        }
        assertThat(TRACE.get()).isEqualTo("own");
    }

    @Test
    void micrometer_itsSnapshots_carryOurContext() {
        var snapshots = ContextSnapshotFactory.builder().clearMissing(true).build();
        io.micrometer.context.ContextSnapshot snapshot;
        try (ContextScope scope = ACME.open()) {
            snapshot = snapshots.captureAll();
        }
        var seen = CompletableFuture.supplyAsync(() -> {
            try (var scope = snapshot.setThreadLocals()) {
                return UsageContext.required();
            }
        });
        assertThat(seen.join()).isEqualTo(ACME);
        assertThat(UsageContext.current()).isEmpty();
    }
}
