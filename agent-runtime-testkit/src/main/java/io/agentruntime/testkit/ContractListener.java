package io.agentruntime.testkit;

import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Remembers what the model under a decorator tells its listeners, and leaves something in the attributes of each call. */
final class ContractListener implements ChatModelListener {

    /** The key by which the caller hands something to the listeners. */
    static final Object KEY = new Object();

    private static final Object TRACE = new Object();

    private final List<Heard> heard = new CopyOnWriteArrayList<>();

    /** What was told, what the caller had handed over, and whether it was told of this call before. */
    record Heard(String event, @Nullable Object handed, boolean traced) {}

    @Override
    public void onRequest(ChatModelRequestContext context) {
        note("request", context.attributes());
        context.attributes().put(TRACE, true);
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        note("response", context.attributes());
    }

    @Override
    public void onError(ChatModelErrorContext context) {
        note("error", context.attributes());
    }

    private void note(String event, Map<Object, Object> attributes) {
        heard.add(new Heard(event, attributes.get(KEY), attributes.containsKey(TRACE)));
    }

    List<Heard> heard() {
        return List.copyOf(heard);
    }
}
