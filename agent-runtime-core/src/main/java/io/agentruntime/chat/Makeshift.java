package io.agentruntime.chat;

import dev.langchain4j.model.chat.ChatRequestOptions;
import java.util.HashMap;
import java.util.Map;

/**
 * Goes along with a call that a cache has made, in its options, and comes back with whether a model was asked that stands in for another:
 * what that says is not what the model in front would have said, and is not kept. Thread-safe.
 */
final class Makeshift {

    private static final Object KEY = new Object();

    private volatile boolean asked;

    /** The mark of a call, or a new one. */
    static Makeshift of(ChatRequestOptions options) {
        return options.listenerAttributes().get(KEY) instanceof Makeshift mark ? mark : new Makeshift();
    }

    /** Adds this mark to the options of a call. */
    ChatRequestOptions on(ChatRequestOptions options) {
        Map<Object, Object> attributes = new HashMap<>(options.listenerAttributes());
        attributes.put(KEY, this);
        return ChatRequestOptions.builder().listenerAttributes(attributes).build();
    }

    /** Notes that a model is asked, and whether it stands in for another. */
    static void note(ChatRequestOptions options, boolean standsIn) {
        if (standsIn && options.listenerAttributes().get(KEY) instanceof Makeshift mark) {
            mark.asked = true;
        }
    }

    boolean asked() {
        return asked;
    }
}
