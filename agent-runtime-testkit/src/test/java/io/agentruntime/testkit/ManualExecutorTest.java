package io.agentruntime.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManualExecutorTest {

    private final ManualExecutor executor = new ManualExecutor();
    private final List<String> ran = new ArrayList<>();

    @Test
    void execute_runsNothingByItself() {
        executor.execute(() -> ran.add("a"));
        assertThat(ran).isEmpty();
        assertThat(executor.pending()).isOne();
    }

    @Test
    void runNext_runsTheOldestTask() {
        executor.execute(() -> ran.add("a"));
        executor.execute(() -> ran.add("b"));
        executor.runNext();
        assertThat(ran).containsExactly("a");
        assertThat(executor.pending()).isOne();
    }

    @Test
    void runNext_withoutTask_fails() {
        assertThatThrownBy(executor::runNext)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no task is pending");
    }

    @Test
    void runAll_runsWhatTheTasksAdd() {
        executor.execute(() -> {
            ran.add("a");
            executor.execute(() -> ran.add("c"));
        });
        executor.execute(() -> ran.add("b"));
        assertThat(executor.runAll()).isEqualTo(3);
        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(executor.pending()).isZero();
    }

    @Test
    void runAll_withATaskThatThrows_keepsTheRest() {
        executor.execute(() -> {
            throw new IllegalStateException("broken");
        });
        executor.execute(() -> ran.add("b"));
        assertThatThrownBy(executor::runAll).hasMessage("broken");
        assertThat(executor.pending()).isOne();
        assertThat(executor.runAll()).isOne();
        assertThat(ran).containsExactly("b");
    }
}
