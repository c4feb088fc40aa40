package io.agentruntime.executor;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The order in which waiting tasks are taken. Guarded by the pool's lock; tasks that are not queued any more are passed over. */
sealed interface TaskOrder {

    void add(WorkloadTask<?> task);

    @Nullable
    WorkloadTask<?> poll();

    /** Forgets the tasks that are not queued any more. */
    void compact();

    /** First come, first served. */
    final class Fifo implements TaskOrder {

        private final ArrayDeque<WorkloadTask<?>> tasks = new ArrayDeque<>();

        @Override
        public void add(WorkloadTask<?> task) {
            tasks.add(task);
        }

        @Override
        public @Nullable WorkloadTask<?> poll() {
            WorkloadTask<?> task = tasks.poll();
            while (task != null && !task.queued) {
                task = tasks.poll();
            }
            return task;
        }

        /** Calls for each task that is queued still. */
        void forEach(Consumer<WorkloadTask<?>> action) {
            tasks.stream().filter(task -> task.queued).forEach(action);
        }

        @Override
        public void compact() {
            tasks.removeIf(task -> !task.queued);
        }
    }

    /** One task of each organisation in turn; those without a context are an owner of their own. */
    final class Fair implements TaskOrder {

        private final Map<String, Fifo> byOwner = new HashMap<>();
        private final ArrayDeque<String> turns = new ArrayDeque<>(); // the owners in byOwner, each once

        @Override
        public void add(WorkloadTask<?> task) {
            String owner = task.owner();
            Fifo tasks = byOwner.get(owner);
            if (tasks == null) {
                tasks = new Fifo();
                byOwner.put(owner, tasks);
                turns.add(owner);
            }
            tasks.add(task);
        }

        @Override
        public @Nullable WorkloadTask<?> poll() {
            for (String owner = turns.poll(); owner != null; owner = turns.poll()) {
                Fifo tasks = byOwner.get(owner);
                WorkloadTask<?> task = tasks == null ? null : tasks.poll();
                if (task != null) {
                    turns.add(owner);
                    return task;
                }
                byOwner.remove(owner);
            }
            return null;
        }

        @Override
        public void compact() {
            byOwner.values().forEach(Fifo::compact);
        }
    }
}
