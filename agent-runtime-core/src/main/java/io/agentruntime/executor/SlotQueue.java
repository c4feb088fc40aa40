package io.agentruntime.executor;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** The order in which waiting tasks are taken. Guarded by the pool's lock; slots that are gone are passed over. */
sealed interface SlotQueue {

    void add(Slot slot);

    @Nullable
    Slot poll();

    /** Forgets the slots that are gone. */
    void compact();

    /** Takes the next slot of a queue that is not gone. */
    static @Nullable Slot next(Queue<Slot> slots) {
        Slot slot = slots.poll();
        while (slot != null && slot.gone) {
            slot = slots.poll();
        }
        return slot;
    }

    /** First come, first served. */
    final class Fifo implements SlotQueue {

        private final ArrayDeque<Slot> slots = new ArrayDeque<>();

        @Override
        public void add(Slot slot) {
            slots.add(slot);
        }

        @Override
        public @Nullable Slot poll() {
            return next(slots);
        }

        @Override
        public void compact() {
            slots.removeIf(slot -> slot.gone);
        }
    }

    /** One task of each organisation in turn; those without a context are an owner of their own. */
    final class Fair implements SlotQueue {

        private static final String NOBODY = "";

        private final Map<String, ArrayDeque<Slot>> byOwner = new HashMap<>();
        private final ArrayDeque<String> turns = new ArrayDeque<>(); // the owners in byOwner, each once

        @Override
        public void add(Slot slot) {
            String owner = slot.owner == null ? NOBODY : slot.owner;
            ArrayDeque<Slot> slots = byOwner.get(owner);
            if (slots == null) {
                slots = new ArrayDeque<>();
                byOwner.put(owner, slots);
                turns.add(owner);
            }
            slots.add(slot);
        }

        @Override
        public @Nullable Slot poll() {
            for (String owner = turns.poll(); owner != null; owner = turns.poll()) {
                ArrayDeque<Slot> slots = byOwner.getOrDefault(owner, new ArrayDeque<>());
                Slot slot = next(slots);
                if (slot != null) {
                    turns.add(owner);
                    return slot;
                }
                byOwner.remove(owner);
            }
            return null;
        }

        @Override
        public void compact() {
            byOwner.values().forEach(slots -> slots.removeIf(slot -> slot.gone));
        }
    }
}
