package io.agentruntime.executor;

import io.agentruntime.executor.ContextOracle.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Every method of {@link CompletionStage} that takes code, in its three variants. The code always runs. */
final class StageMethods {

    /** Hangs a piece of code on a stage. */
    @FunctionalInterface
    interface Attach {
        CompletionStage<?> to(CompletionStage<Integer> stage, Piece piece, Executor executor);
    }

    /**
     * One variant of one method.
     *
     * @param name the method and the types of its parameters
     * @param onFailure whether it needs a stage that failed
     * @param attach calls it
     */
    record StageMethod(String name, boolean onFailure, Attach attach) {}

    static final List<StageMethod> ALL = all();

    private StageMethods() {}

    private static List<StageMethod> all() {
        List<StageMethod> methods = new ArrayList<>();
        addSimple(methods);
        addBoth(methods);
        addEither(methods);
        addOutcomes(methods);
        addFailures(methods);
        return List.copyOf(methods);
    }

    private static void add(List<StageMethod> methods, String name, Attach attach) {
        methods.add(new StageMethod(name, false, attach));
    }

    private static CompletionStage<Integer> other() {
        return CompletableFuture.completedFuture(1);
    }

    private static CompletionStage<Integer> never() {
        return new CompletableFuture<>();
    }

    private static void addSimple(List<StageMethod> all) {
        add(all, "thenApply(Function)", (s, p, e) -> s.thenApply(x -> p.see()));
        add(all, "thenApplyAsync(Function)", (s, p, e) -> s.thenApplyAsync(x -> p.see()));
        add(all, "thenApplyAsync(Function, Executor)", (s, p, e) -> s.thenApplyAsync(x -> p.see(), e));
        add(all, "thenAccept(Consumer)", (s, p, e) -> s.thenAccept(x -> p.see()));
        add(all, "thenAcceptAsync(Consumer)", (s, p, e) -> s.thenAcceptAsync(x -> p.see()));
        add(all, "thenAcceptAsync(Consumer, Executor)", (s, p, e) -> s.thenAcceptAsync(x -> p.see(), e));
        add(all, "thenRun(Runnable)", (s, p, e) -> s.thenRun(p::see));
        add(all, "thenRunAsync(Runnable)", (s, p, e) -> s.thenRunAsync(p::see));
        add(all, "thenRunAsync(Runnable, Executor)", (s, p, e) -> s.thenRunAsync(p::see, e));
        add(all, "thenCompose(Function)", (s, p, e) -> s.thenCompose(x -> composed(p)));
        add(all, "thenComposeAsync(Function)", (s, p, e) -> s.thenComposeAsync(x -> composed(p)));
        add(all, "thenComposeAsync(Function, Executor)", (s, p, e) -> s.thenComposeAsync(x -> composed(p), e));
    }

    private static CompletionStage<Integer> composed(Piece piece) {
        return CompletableFuture.completedFuture(piece.see());
    }

    private static void addBoth(List<StageMethod> all) {
        add(all, "thenCombine(CompletionStage, BiFunction)", (s, p, e) -> s.thenCombine(other(), (x, y) -> p.see()));
        add(
                all,
                "thenCombineAsync(CompletionStage, BiFunction)",
                (s, p, e) -> s.thenCombineAsync(other(), (x, y) -> p.see()));
        add(
                all,
                "thenCombineAsync(CompletionStage, BiFunction, Executor)",
                (s, p, e) -> s.thenCombineAsync(other(), (x, y) -> p.see(), e));
        add(
                all,
                "thenAcceptBoth(CompletionStage, BiConsumer)",
                (s, p, e) -> s.thenAcceptBoth(other(), (x, y) -> p.see()));
        add(
                all,
                "thenAcceptBothAsync(CompletionStage, BiConsumer)",
                (s, p, e) -> s.thenAcceptBothAsync(other(), (x, y) -> p.see()));
        add(
                all,
                "thenAcceptBothAsync(CompletionStage, BiConsumer, Executor)",
                (s, p, e) -> s.thenAcceptBothAsync(other(), (x, y) -> p.see(), e));
        add(all, "runAfterBoth(CompletionStage, Runnable)", (s, p, e) -> s.runAfterBoth(other(), p::see));
        add(all, "runAfterBothAsync(CompletionStage, Runnable)", (s, p, e) -> s.runAfterBothAsync(other(), p::see));
        add(
                all,
                "runAfterBothAsync(CompletionStage, Runnable, Executor)",
                (s, p, e) -> s.runAfterBothAsync(other(), p::see, e));
    }

    private static void addEither(List<StageMethod> all) {
        add(all, "applyToEither(CompletionStage, Function)", (s, p, e) -> s.applyToEither(never(), x -> p.see()));
        add(
                all,
                "applyToEitherAsync(CompletionStage, Function)",
                (s, p, e) -> s.applyToEitherAsync(never(), x -> p.see()));
        add(
                all,
                "applyToEitherAsync(CompletionStage, Function, Executor)",
                (s, p, e) -> s.applyToEitherAsync(never(), x -> p.see(), e));
        add(all, "acceptEither(CompletionStage, Consumer)", (s, p, e) -> s.acceptEither(never(), x -> p.see()));
        add(
                all,
                "acceptEitherAsync(CompletionStage, Consumer)",
                (s, p, e) -> s.acceptEitherAsync(never(), x -> p.see()));
        add(
                all,
                "acceptEitherAsync(CompletionStage, Consumer, Executor)",
                (s, p, e) -> s.acceptEitherAsync(never(), x -> p.see(), e));
        add(all, "runAfterEither(CompletionStage, Runnable)", (s, p, e) -> s.runAfterEither(never(), p::see));
        add(all, "runAfterEitherAsync(CompletionStage, Runnable)", (s, p, e) -> s.runAfterEitherAsync(never(), p::see));
        add(
                all,
                "runAfterEitherAsync(CompletionStage, Runnable, Executor)",
                (s, p, e) -> s.runAfterEitherAsync(never(), p::see, e));
    }

    private static void addOutcomes(List<StageMethod> all) {
        add(all, "handle(BiFunction)", (s, p, e) -> s.handle((x, f) -> p.see()));
        add(all, "handleAsync(BiFunction)", (s, p, e) -> s.handleAsync((x, f) -> p.see()));
        add(all, "handleAsync(BiFunction, Executor)", (s, p, e) -> s.handleAsync((x, f) -> p.see(), e));
        add(all, "whenComplete(BiConsumer)", (s, p, e) -> s.whenComplete((x, f) -> p.see()));
        add(all, "whenCompleteAsync(BiConsumer)", (s, p, e) -> s.whenCompleteAsync((x, f) -> p.see()));
        add(all, "whenCompleteAsync(BiConsumer, Executor)", (s, p, e) -> s.whenCompleteAsync((x, f) -> p.see(), e));
    }

    private static void addFailure(List<StageMethod> methods, String name, Attach attach) {
        methods.add(new StageMethod(name, true, attach));
    }

    private static void addFailures(List<StageMethod> all) {
        addFailure(all, "exceptionally(Function)", (s, p, e) -> s.exceptionally(x -> p.see()));
        addFailure(all, "exceptionallyAsync(Function)", (s, p, e) -> s.exceptionallyAsync(x -> p.see()));
        addFailure(all, "exceptionallyAsync(Function, Executor)", (s, p, e) -> s.exceptionallyAsync(x -> p.see(), e));
        addFailure(all, "exceptionallyCompose(Function)", (s, p, e) -> s.exceptionallyCompose(x -> composed(p)));
        addFailure(
                all, "exceptionallyComposeAsync(Function)", (s, p, e) -> s.exceptionallyComposeAsync(x -> composed(p)));
        addFailure(
                all,
                "exceptionallyComposeAsync(Function, Executor)",
                (s, p, e) -> s.exceptionallyComposeAsync(x -> composed(p), e));
    }
}
