package io.agentruntime.chat;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.agentruntime.chat.Heard.Note;
import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A handler of a streaming model that notes what it hears, where and in whose context. */
final class Recorder implements StreamingChatResponseHandler {

    final List<Note> notes = new CopyOnWriteArrayList<>();
    final CompletableFuture<StreamingHandle> first = new CompletableFuture<>();
    final CompletableFuture<@Nullable Throwable> end = new CompletableFuture<>();
    final CompletableFuture<ChatResponse> response = new CompletableFuture<>();
    private final Consumer<String> onText;

    Recorder() {
        this(text -> {});
    }

    Recorder(Consumer<String> onText) {
        this.onText = onText;
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
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
        note(partial.text());
        first.complete(context.streamingHandle());
        onText.accept(partial.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
        note("complete");
        response.complete(complete);
        end.complete(null);
    }

    @Override
    public void onError(Throwable failure) {
        note("error");
        end.complete(failure);
    }
}
