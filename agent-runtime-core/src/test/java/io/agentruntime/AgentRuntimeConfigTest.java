package io.agentruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentruntime.executor.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AgentRuntimeConfigTest {

    @Test
    void fromEnvironment_empty_hasTheDefaults() {
        assertThat(AgentRuntimeConfig.create())
                .isEqualTo(new AgentRuntimeConfig(
                        new Workload("agent", 10, 1000),
                        new Workload("io", 20, 1000),
                        new Workload("query", 10, 1000),
                        10_000,
                        5,
                        Duration.ofSeconds(30),
                        List.of()));
    }

    @Test
    void fromEnvironment_everyVariable_hasItsEffect() {
        AgentRuntimeConfig config = AgentRuntimeConfig.fromEnvironment(Map.of(
                "AGENT_EXECUTOR_POOL_SIZE", "1",
                "AGENT_EXECUTOR_QUEUE_CAPACITY", "2",
                "IO_EXECUTOR_POOL_SIZE", "3",
                "IO_EXECUTOR_QUEUE_CAPACITY", "4",
                "QUERY_EXECUTOR_POOL_SIZE", "5",
                "QUERY_EXECUTOR_QUEUE_CAPACITY", "0",
                "USAGE_QUEUE_CAPACITY", " 7 ",
                "BULK_CONCURRENT_DOCUMENTS", "9",
                "SHUTDOWN_TIMEOUT_SECONDS", "8"));
        assertThat(config)
                .isEqualTo(new AgentRuntimeConfig(
                        new Workload("agent", 1, 2),
                        new Workload("io", 3, 4),
                        new Workload("query", 5, 0),
                        7,
                        9,
                        Duration.ofSeconds(8),
                        List.of()));
    }

    @Test
    void fromEnvironment_workloadsOfTheHost_haveTheirDefaultsUnlessTheEnvironmentSaysOtherwise() {
        Workload crawlers = new Workload("web-crawlers", 5, 50).virtual().fair();
        Workload embedders = new Workload("embedders", 2, 20);
        Map<String, String> variables = Map.of("WEB_CRAWLERS_EXECUTOR_POOL_SIZE", "7");
        assertThat(AgentRuntimeConfig.fromEnvironment(variables, crawlers, embedders)
                        .others())
                .containsExactly(new Workload("web-crawlers", 7, 50).virtual().fair(), embedders);
    }

    @Test
    void fromEnvironment_unusableValueForAWorkloadOfTheHost_isNamed() {
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class,
                () -> AgentRuntimeConfig.fromEnvironment(
                        Map.of("CRAWLERS_EXECUTOR_QUEUE_CAPACITY", "-1"), new Workload("crawlers", 1, 1)));
        assertThat(failure.problems())
                .containsExactly(
                        "CRAWLERS_EXECUTOR_QUEUE_CAPACITY is '-1', allowed: a whole number from 0 to 10000000");
    }

    @Test
    @Tag("flaw-9")
    void fromEnvironment_unusableValues_areAllNamedAtOnce() {
        ConfigurationException failure = catchThrowableOfType(
                ConfigurationException.class,
                () -> AgentRuntimeConfig.fromEnvironment(Map.of(
                        "AGENT_EXECUTOR_POOL_SIZE", "abc",
                        "IO_EXECUTOR_POOL_SIZE", "0",
                        "QUERY_EXECUTOR_POOL_SIZE", "",
                        "USAGE_QUEUE_CAPACITY", "99999999999")));
        assertThat(failure.problems())
                .containsExactly(
                        "AGENT_EXECUTOR_POOL_SIZE is 'abc', allowed: a whole number from 1 to 10000",
                        "IO_EXECUTOR_POOL_SIZE is '0', allowed: a whole number from 1 to 10000",
                        "QUERY_EXECUTOR_POOL_SIZE is '', allowed: a whole number from 1 to 10000",
                        "USAGE_QUEUE_CAPACITY is '99999999999', allowed: a whole number from 1 to 10000000");
        assertThat(failure)
                .hasMessageContaining("AGENT_EXECUTOR_POOL_SIZE is 'abc'")
                .hasMessageContaining("; ");
    }
}
