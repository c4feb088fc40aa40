package io.agentruntime.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads are the first to use a registry, and get one set of threads. There are as many registries as the host makes. */
@Tag("flaw-1")
class FirstUseTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int RACERS = 16;
    private static final int THREADS = 4;

    private static ExecutorRegistry registry(String prefix, boolean virtual) {
        List<Workload> workloads = Stream.of("agent", "io", "query")
                .map(name -> new Workload(prefix + name, THREADS, 1_000))
                .map(workload -> virtual ? workload.virtual() : workload)
                .toList();
        return ExecutorRegistry.create(workloads.get(0), workloads.get(1), workloads.get(2));
    }

    private static Set<String> aliveNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("agentruntime-" + prefix))
                .collect(Collectors.toSet());
    }

    private static Set<String> numbered(String workload, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> "agentruntime-" + workload + "-" + i)
                .collect(Collectors.toSet());
    }

    /** Lets all racers call at the same moment, each on a thread of its own. */
    private static void race(Callable<?> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(RACERS);
        List<CompletableFuture<Boolean>> racers = IntStream.range(0, RACERS)
                .mapToObj(i ->
                        CompletableFuture.supplyAsync(() -> callAtOnce(start, call), task -> new Thread(task).start()))
                .toList();
        for (CompletableFuture<Boolean> racer : racers) {
            assertThat(Watchdog.await(racer, LIMIT, "racer")).isTrue();
        }
    }

    private static boolean callAtOnce(CyclicBarrier start, Callable<?> call) {
        try {
            start.await();
            return call.call() != null;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void race_ofTheFirstTasks_makesOneSetOfThreads(boolean virtual) throws Exception {
        for (int round = 0; round < 50; round++) {
            ExecutorRegistry registry = registry("first" + round + "-", virtual);
            Set<WorkloadExecutor> handedOut = ConcurrentHashMap.newKeySet();
            Set<String> used = ConcurrentHashMap.newKeySet();
            Queue<Future<Boolean>> submitted = new ConcurrentLinkedQueue<>();
            CountDownLatch gate = new CountDownLatch(1);
            CountDownLatch busy = new CountDownLatch(THREADS);
            Callable<Boolean> task = () -> {
                used.add(Thread.currentThread().getName());
                busy.countDown();
                return gate.await(1, TimeUnit.HOURS);
            };
            race(() -> {
                handedOut.add(registry.agent());
                return submitted.add(registry.agent().submit(task));
            });
            assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(handedOut).hasSize(1);
            checkSize(registry.agent(), virtual);
            gate.countDown();
            assertThat(registry.stop(Deadline.after(LIMIT))).isZero();
            assertThat(used).hasSizeBetween(THREADS, virtual ? RACERS : THREADS);
            assertThat(submitted).hasSize(RACERS).allMatch(Future::isDone);
            assertThat(registry.agent().statistics().completed()).isEqualTo(RACERS);
        }
    }

    private static void checkSize(WorkloadExecutor agent, boolean virtual) {
        WorkloadStatistics figures = agent.statistics();
        assertThat(List.of(figures.active(), figures.queued(), figures.largest()))
                .containsExactly(THREADS, RACERS - THREADS, THREADS);
        if (!virtual || !VirtualThreads.areThere()) { // the JVM does not list virtual ones
            assertThat(aliveNamed(agent.name())).isEqualTo(numbered(agent.name(), THREADS));
        }
    }

    @Test
    void race_ofTheFirstDeadlines_makesOneClock() throws Exception {
        WorkloadExecutor executor = WorkloadExecutor.create(new Workload("first-clock", 1, 1_000));
        race(() -> executor.submit(() -> 1, Deadline.after(LIMIT)).get()
                + executor.schedule(() -> 1, 1, TimeUnit.NANOSECONDS).get());
        assertThat(aliveNamed("first-clock-timer")).containsExactly("agentruntime-first-clock-timer-1");
        executor.stop(Deadline.after(LIMIT));
    }

    @Test
    void registries_ofTheSameNames_doNotKnowEachOther() throws Exception {
        ExecutorRegistry one = registry("same-", false);
        ExecutorRegistry other = registry("same-", false);
        CountDownLatch gate = new CountDownLatch(1);
        List<Future<?>> hanging = IntStream.range(0, THREADS)
                .<Future<?>>mapToObj(i -> one.agent().submit(() -> gate.await(1, TimeUnit.HOURS)))
                .toList();
        assertThat(other.agent().submit(() -> "free").get(30, TimeUnit.SECONDS)).isEqualTo("free");
        assertThat(one.stop(Deadline.after(Duration.ZERO))).isEqualTo(THREADS);
        assertThat(hanging).allMatch(Future::isCancelled);
        assertThatThrownBy(() -> one.agent().submit(() -> 1)).isInstanceOf(WorkloadRejectedException.class);
        assertThat(other.agent().submit(() -> "open").get(30, TimeUnit.SECONDS)).isEqualTo("open");
        assertThat(other.agent().statistics().submitted()).isEqualTo(2);
        assertThat(other.stop(Deadline.after(LIMIT))).isZero();
    }

    /** No pool and no thread belongs to the process: whoever made it holds it, and nobody else does. */
    @Test
    void staticFields_ofTheLibrary_holdNoPool() throws Exception {
        Path classes = Path.of(ExecutorRegistry.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Field> pools = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = classes.relativize(file).toString().replaceAll("[/\\\\]", ".");
                Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()), false, loader());
                Stream.of(type.getDeclaredFields())
                        .filter(FirstUseTest::isAPoolOfTheProcess)
                        .forEach(pools::add);
            }
        }
        assertThat(pools).isEmpty();
    }

    private static ClassLoader loader() {
        return FirstUseTest.class.getClassLoader();
    }

    private static boolean isAPoolOfTheProcess(Field field) {
        return Modifier.isStatic(field.getModifiers()) && isAPool(field.getGenericType());
    }

    private static boolean isAPool(Type type) {
        if (type instanceof ParameterizedType some) {
            return isAPool(some.getRawType())
                    || Stream.of(some.getActualTypeArguments()).anyMatch(FirstUseTest::isAPool);
        }
        return type instanceof Class<?> kind
                && Stream.of(Executor.class, WorkerPool.class, Managed.class, Thread.class)
                        .anyMatch(pool -> pool.isAssignableFrom(kind));
    }
}
