package io.agentruntime.testkit.chat;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.agentruntime.context.UsageContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Writes down what a handler hears, in which context and on which thread. */
class StreamRecord implements StreamingChatResponseHandler {

    final List<String> texts = new CopyOnWriteArrayList<>();
    final List<Object> ends = new CopyOnWriteArrayList<>();
    final List<Optional<String>> organisations = new CopyOnWriteArrayList<>();
    final List<String> threads = new CopyOnWriteArrayList<>();
    final CompletableFuture<Object> end = new CompletableFuture<>();
    final CompletableFuture<String> firstText = new CompletableFuture<>();

    private void here() {
        organisations.add(UsageContext.current().map(UsageContext::organisation));
        threads.add(Thread.currentThread().getName());
    }

    @Override
    public void onPartialResponse(PartialResponse part, PartialResponseContext context) {
        here();
        texts.add(part.text());
        firstText.complete(part.text());
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        ended(response);
    }

    @Override
    public void onError(Throwable failure) {
        ended(failure);
    }

    private void ended(Object how) {
        here();
        ends.add(how);
        end.complete(how);
    }

    Object awaitEnd() throws Exception {
        return end.get(ModelHouse.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
