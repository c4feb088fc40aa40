package io.agentruntime.executor;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The methods of the running JDK and of this library that take code, by reflection, so that none can be forgotten. */
final class EntryPoints {

    /** The prefixes of the names: what the method is called on. */
    static final String WORKLOAD = "workload.";

    static final String HOST = "host.";
    static final String STAGE = "stage.";
    static final String GATHER = "gather.";
    static final String TOOLS = "tools.";

    private static final Set<Class<?>> CODE = Set.of(
            Runnable.class,
            Callable.class,
            Collection.class,
            List.class,
            Supplier.class,
            Function.class,
            BiFunction.class,
            Consumer.class,
            BiConsumer.class);

    private EntryPoints() {}

    static Set<String> all() {
        Set<String> all = new TreeSet<>(Set.of(TOOLS + "execute(Runnable)"));
        Stream.of(
                        methods(WORKLOAD, WorkloadExecutor.class),
                        methods(HOST, ScheduledExecutorService.class),
                        methods(STAGE, CompletionStage.class),
                        methods(STAGE, CompletableFuture.class),
                        methods(GATHER, Gather.class))
                .forEach(all::addAll);
        return all;
    }

    private static Set<String> methods(String prefix, Class<?> type) {
        return Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                .filter(method -> Stream.of(method.getParameterTypes()).anyMatch(CODE::contains))
                .map(method -> prefix + signature(method))
                .collect(Collectors.toSet());
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }
}
