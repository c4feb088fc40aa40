package io.agentruntime.executor;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Puts the context behaviour of {@link WorkloadExecutor} around executors that the host owns: every task runs in the context of the
 * code that handed it over, and gives its thread back as it was.
 *
 * <p>What is wrapped keeps its own bounds, threads and rejections, which reach the caller unchanged. It gets tasks that are wrapped
 * too: an executor that looks into its tasks, to order them for example, does not find the caller's.
 *
 * <p>A wrapper never closes what it does not own. {@code shutdown()}, {@code shutdownNow()} and, where the JDK has it, {@code
 * close()} do nothing and return at once, as they do on the JDK's common pool, so that a try-with-resources block, or a container
 * that closes its beans, leaves the host's executor alone; tasks go on. {@code isShutdown()}, {@code isTerminated()} and {@code
 * awaitTermination} tell about the host's executor.
 *
 * <p>Thread-safe, as are the wrappers around executors that are.
 */
public final class ContextualExecutors {

    private ContextualExecutors() {}

    /**
     * Wraps an executor.
     *
     * @param executor the host's, never null
     * @return an executor that carries the context
     */
    public static Executor wrap(Executor executor) {
        requireNonNull(executor, "executor");
        return task -> executor.execute(ContextSnapshot.capture().wrap(task));
    }

    /**
     * Wraps an executor service.
     *
     * @param executor the host's, never null
     * @return a service that carries the context and that nobody can shut down
     */
    public static ExecutorService wrap(ExecutorService executor) {
        return new ContextualExecutorService(requireNonNull(executor, "executor"));
    }

    /**
     * Wraps a scheduled executor service. Every run of a periodic task is in the context of the code that scheduled it.
     *
     * @param executor the host's, never null
     * @return a service that carries the context and that nobody can shut down
     */
    public static ScheduledExecutorService wrap(ScheduledExecutorService executor) {
        return new ContextualScheduledExecutorService(requireNonNull(executor, "executor"));
    }

    /**
     * Makes an executor for the tool calls of LangChain4j, to be given to {@code AiServices.executeToolsConcurrently}. It carries
     * the context, and it never refuses: a refused tool call would leave a turn without one of its results.
     *
     * <ul>
     *   <li>A tool call that the given executor rejects, whatever it throws, runs on the caller. None runs twice.
     *   <li>A tool call that is made by a tool, directly or through tools on other executors made here, and that would go to an
     *       executor which already holds a tool of that chain, runs on the caller too: the outer tool waits for it, and would wait
     *       for ever if it held the last thread. So nested calls run one after another.
     *   <li>A tool call that is made by a tool and goes to another executor, but does not begin there within a tenth of a second,
     *       runs on the caller too: a tool there may be waiting for a thread that this one holds.
     *   <li>What a call throws on the caller is logged. LangChain4j's own tasks do not throw: their futures take it.
     * </ul>
     *
     * <p>Three ways to wait for ever are out of reach from here. An executor that drops tasks without a word, by policy or because
     * it is shut down at once while they wait, loses their results: let turns end first. A turn that itself runs on the given
     * executor may wait for tools that have no thread left: give turns and tools different ones. And a tool that hands its own turn
     * to yet another thread, other than as a tool call, is not seen as its caller: the same advice holds.
     *
     * @param executor where tool calls run, never null; not closed by anyone here
     * @return an executor whose {@code execute} throws nothing but a {@link NullPointerException} for a null task
     */
    public static Executor forTools(Executor executor) {
        return new ToolCallExecutor(requireNonNull(executor, "executor"));
    }
}
