package io.agentruntime.chat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.context.ContextSnapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream of a model behind a cache: looks for an answer, on no thread, and goes on with it on the cache's executor. */
final class CachedStream {

    private static final Logger log = LoggerFactory.getLogger(ChatResponseCache.class);

    private final ChatResponseCache cache;
    private final StreamingChatModel model;
    private final CachedCall call;
    private final StreamingChatResponseHandler handler;
    private final ContextSnapshot caller = ContextSnapshot.capture();
    private final long era;

    CachedStream(
            ChatResponseCache cache, StreamingChatModel model, CachedCall call, StreamingChatResponseHandler handler) {
        this.cache = cache;
        this.model = model;
        this.call = call;
        this.handler = handler;
        this.era = cache.era();
    }

    void start(String key) {
        CallbackLane lane = new CallbackLane(cache.executor(), caller, this::refused);
        CompletableFuture<?> unused = cache.look(key) // a search that fails has found nothing
                .whenComplete((found, failure) -> lane.submit(() -> begin(key, found == null ? null : found.get(key))));
    }

    private void begin(String key, @Nullable ChatResponse found) {
        if (found != null) {
            cache.hit(call, found);
            new Replay(handler, found).run();
        } else {
            cache.missed();
            ask(key);
        }
    }

    private void ask(String key) {
        Makeshift mark = Makeshift.of(call.options());
        StreamKeeper keeper =
                new StreamKeeper(caller, handler, answer -> cache.keep(key, KeptAnswer.of(answer, mark.asked()), era));
        try {
            model.chat(call.request(), mark.on(call.options()), keeper);
        } catch (RuntimeException | Error failure) {
            if (!keeper.hasEnded()) {
                Replay.tell(handler, failure);
            }
        }
    }

    private void refused(RejectedExecutionException refusal) {
        cache.missed();
        log.debug("a stream was refused by the workload", refusal);
        caller.run(() -> Replay.tell(handler, refusal));
    }
}
