package io.agentruntime.chat;

import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener that notes what it hears, where and in whose context. */
final class Heard implements ServerSentEventListener {

    /** One callback. */
    record Note(String what, String thread, String organisation) {}

    final List<Note> notes = new CopyOnWriteArrayList<>();
    final List<ServerSentEvent> events = new CopyOnWriteArrayList<>();
    final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    final CompletableFuture<SuccessfulHttpResponse> opened = new CompletableFuture<>();
    final CompletableFuture<ServerSentEventContext> first = new CompletableFuture<>();
    final AtomicInteger atOnce = new AtomicInteger();
    final Consumer<ServerSentEvent> onEvent;

    Heard() {
        this(event -> {});
    }

    Heard(Consumer<ServerSentEvent> onEvent) {
        this.onEvent = onEvent;
    }

    private void note(String what) {
        notes.add(new Note(
                what,
                Thread.currentThread().getName(),
                UsageContext.current().map(UsageContext::organisation).orElse("none")));
    }

    List<String> heard() {
        return notes.stream().map(Note::what).toList();
    }

    @Nullable
    Throwable awaitEnd() throws Exception {
        return end.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void onOpen(SuccessfulHttpResponse response) {
        note("open");
        opened.complete(response);
    }

    @Override
    public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
        if (atOnce.incrementAndGet() != 1) {
            note("overlap");
        }
        note(event.data());
        events.add(event);
        first.complete(context);
        try {
            onEvent.accept(event);
        } finally {
            atOnce.decrementAndGet();
        }
    }

    @Override
    public void onError(Throwable failure) {
        note("error");
        end.complete(failure);
    }

    @Override
    public void onClose() {
        note("close");
        end.complete(null);
    }
}
