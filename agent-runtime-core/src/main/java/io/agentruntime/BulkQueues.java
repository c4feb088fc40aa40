package io.agentruntime;

import io.agentruntime.bulk.BulkQueue;
import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.lifecycle.Managed;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The bulk queues of a runtime: made while it runs, stopped with it. */
final class BulkQueues implements Managed {

    /** What is safe as the name of a folder, too. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private final int concurrency;
    private final Function<String, @Nullable Journal> journals;
    private final ReentrantLock lock =
            new ReentrantLock(); // guards everything below; queues are made and stopped without it
    private final Set<String> names = new HashSet<>();
    private final List<BulkQueue<?, ?>> queues = new ArrayList<>();
    private boolean stopped;

    BulkQueues(int concurrency, Function<String, @Nullable Journal> journals) {
        this.concurrency = concurrency;
        this.journals = journals;
    }

    @Override
    public String name() {
        return "bulk-queues";
    }

    <T, R> BulkQueue<T, R> make(String name, Class<T> items, BulkQueue.Handler<? super T, ? extends R> handler) {
        reserve(name);
        boolean made = false;
        Journal journal = null;
        try {
            BulkQueue.Builder<T, R> builder =
                    BulkQueue.<T, R>builder(name, handler).concurrency(concurrency);
            journal = journals.apply(name);
            if (journal != null) {
                builder.journal(journal, EventCodec.json(items));
            }
            BulkQueue<T, R> queue = builder.build();
            begin(queue);
            made = true;
            return queue;
        } finally {
            if (!made) {
                release(name, journal);
            }
        }
    }

    private void reserve(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a bulk queue is named '" + name + "', allowed: " + NAME);
        }
        lock.lock();
        try {
            checkNotStopped(name);
            if (!names.add(name)) {
                throw new IllegalArgumentException("there is a bulk queue '" + name + "' already");
            }
        } finally {
            lock.unlock();
        }
    }

    private void checkNotStopped(String name) {
        if (stopped) {
            throw new IllegalStateException("the runtime has stopped: it takes no bulk queue '" + name + "'");
        }
    }

    /** A queue that comes too late has not started: there is nothing to stop but its journal. */
    private void begin(BulkQueue<?, ?> queue) {
        lock.lock();
        try {
            checkNotStopped(queue.name());
            queues.add(queue);
        } finally {
            lock.unlock();
        }
        queue.start();
    }

    private void release(String name, @Nullable Journal journal) {
        if (journal != null) {
            journal.close();
        }
        lock.lock();
        try {
            names.remove(name);
        } finally {
            lock.unlock();
        }
    }

    /** Stops one after the other; what is left of the time is shared by those that are left, so that one that hangs costs its share. */
    @Override
    public long stop(Deadline deadline) throws InterruptedException {
        List<BulkQueue<?, ?>> all = close();
        long lost = 0;
        InterruptedException interruption = null;
        for (int i = 0; i < all.size(); i++) {
            Duration share = interruption == null ? deadline.remaining().dividedBy(all.size() - i) : Duration.ZERO;
            try {
                lost += all.get(i).stop(Deadline.after(share));
            } catch (InterruptedException e) {
                interruption = e; // the others are to end all the same, at once
            }
        }
        if (interruption != null) {
            throw interruption;
        }
        return lost;
    }

    private List<BulkQueue<?, ?>> close() {
        lock.lock();
        try {
            stopped = true;
            return List.copyOf(queues);
        } finally {
            lock.unlock();
        }
    }
}
