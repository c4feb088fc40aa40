package io.agentruntime.queue;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How events reach the host's handler, whatever kind it is of. */
@FunctionalInterface
interface Delivery<T> {

    /** Hands over events; throws if the handler did not take them. */
    void deliver(List<QueuedEvent<T>> events) throws Exception;

    static <T> Delivery<T> of(BatchHandler<T> handler) {
        return events -> handler.handle(values(events));
    }

    static <T> Delivery<T> ofEach(EventHandler<T> handler) {
        return events -> inContext(events.get(0).context, () -> handler.handle(events.get(0).event));
    }

    /** The worker waits: what is under way is bounded, and is settled by one thread. */
    static <T> Delivery<T> ofAsync(Function<? super List<T>, ? extends CompletionStage<?>> handler) {
        return events -> {
            try {
                handler.apply(values(events)).toCompletableFuture().get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        };
    }

    static void inContext(@Nullable UsageContext context, BackgroundQueue.Hook action) throws Exception {
        if (context == null) {
            action.run();
            return;
        }
        try (ContextScope scope = context.openReplacing()) {
            action.run();
        }
    }

    private static <T> List<T> values(List<QueuedEvent<T>> events) {
        return events.stream().map(event -> event.event).toList();
    }
}
