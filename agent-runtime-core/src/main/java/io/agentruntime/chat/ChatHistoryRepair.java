package io.agentruntime.chat;

import static java.util.Objects.requireNonNull;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mends the history of a conversation that broke off between a tool call and its result: providers refuse a message with tool calls that is
 * not followed directly by one result for each.
 *
 * <p>A call without a result gets one that says that it was interrupted, an error for the model to see. A result that belongs to no call
 * before it, or to one that has its result, is dropped. Everything else stays as it is and where it is. Mending twice changes nothing more.
 *
 * <p>Stateless and thread-safe.
 */
public final class ChatHistoryRepair {

    private static final Logger log = LoggerFactory.getLogger(ChatHistoryRepair.class);

    /** Whether the tool took effect is not known; the model must not believe either. */
    private static final String INTERRUPTED =
            "The call was interrupted and has no result. It may or may not have taken effect.";

    private ChatHistoryRepair() {}

    /**
     * What a repair made of a history. Immutable.
     *
     * @param messages the history as it is now
     * @param added how many results were added
     * @param dropped how many results were dropped
     */
    public record Repaired(List<ChatMessage> messages, int added, int dropped) {

        /** Copies the messages. */
        public Repaired {
            messages = List.copyOf(messages);
        }

        /**
         * Says whether the repair changed anything.
         *
         * @return true if a result was added or dropped
         */
        public boolean changed() {
            return added > 0 || dropped > 0;
        }
    }

    /**
     * Mends a history that nobody works on.
     *
     * @param messages the history; not changed
     * @return the mended history, and what was done
     */
    public static Repaired repair(List<? extends ChatMessage> messages) {
        return new Pass(requireNonNull(messages, "messages"), false).run();
    }

    /**
     * Gives a store whose histories are mended as they are read. A call at the very end of a history may be waiting for its result, and is left
     * alone until another message follows it.
     *
     * @param store where the histories are; written to only when the memory writes
     * @return a store that is thread-safe if the given one is
     */
    public static ChatMemoryStore repairing(ChatMemoryStore store) {
        return new RepairingStore(requireNonNull(store, "store"));
    }

    /** One walk over one history. */
    private static final class Pass {

        private final List<? extends ChatMessage> messages;
        private final boolean endIsOpen;
        private final List<ChatMessage> mended = new ArrayList<>();
        private int added;
        private int dropped;

        Pass(List<? extends ChatMessage> messages, boolean endIsOpen) {
            this.messages = messages;
            this.endIsOpen = endIsOpen;
        }

        Repaired run() {
            List<ToolExecutionRequest> open = List.of(); // the calls of the last message, without a result so far
            for (ChatMessage message : messages) {
                if (message instanceof ToolExecutionResultMessage result) {
                    take(result, open);
                } else {
                    close(open);
                    mended.add(message);
                    open = message instanceof AiMessage ai ? new ArrayList<>(ai.toolExecutionRequests()) : List.of();
                }
            }
            if (!endIsOpen) {
                close(open);
            }
            return new Repaired(mended, added, dropped);
        }

        private void take(ToolExecutionResultMessage result, List<ToolExecutionRequest> open) {
            int index = find(result, open);
            if (index < 0) {
                dropped++;
            } else {
                open.remove(index);
                mended.add(result);
            }
        }

        private void close(List<ToolExecutionRequest> open) {
            for (ToolExecutionRequest request : open) {
                mended.add(ToolExecutionResultMessage.builder()
                        .id(request.id())
                        .toolName(request.name())
                        .text(INTERRUPTED)
                        .isError(true)
                        .build());
                added++;
            }
        }

        /** Some providers give their calls no identifiers: then the name has to do. */
        private static int find(ToolExecutionResultMessage result, List<ToolExecutionRequest> open) {
            int sameName = -1;
            for (int i = 0; i < open.size(); i++) {
                String id = open.get(i).id();
                boolean named = Objects.equals(open.get(i).name(), result.toolName());
                if (id != null && id.equals(result.id())) {
                    return i;
                }
                if (named && sameName < 0 && (id == null || result.id() == null)) {
                    sameName = i;
                }
            }
            return sameName;
        }
    }

    private record RepairingStore(ChatMemoryStore store) implements ChatMemoryStore {

        @Override
        public List<ChatMessage> getMessages(Object memoryId) {
            List<ChatMessage> messages = store.getMessages(memoryId);
            Repaired repaired = new Pass(messages, true).run();
            if (!repaired.changed()) {
                return messages;
            }
            log.warn(
                    "mended a history of {} messages: {} tool results added, {} dropped",
                    messages.size(),
                    repaired.added,
                    repaired.dropped);
            return new ArrayList<>(repaired.messages);
        }

        @Override
        public void updateMessages(Object memoryId, List<ChatMessage> messages) {
            store.updateMessages(memoryId, messages);
        }

        @Override
        public void deleteMessages(Object memoryId) {
            store.deleteMessages(memoryId);
        }
    }
}
