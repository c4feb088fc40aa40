package io.agentruntime.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class inside a test. */
final class Suite {

    /** The names of the tests that passed, and of those that failed. */
    record Result(Set<String> passed, Set<String> failed) {}

    private Suite() {}

    static Result run(Class<?> tests) {
        Result result = new Result(new TreeSet<>(), new TreeSet<>());
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult outcome) {
                test.getSource()
                        .filter(MethodSource.class::isInstance)
                        .map(source -> ((MethodSource) source).getMethodName())
                        .ifPresent(name -> {
                            boolean passed = outcome.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
                            (passed ? result.passed() : result.failed()).add(name);
                        });
            }
        });
        return result;
    }
}
