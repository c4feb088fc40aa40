package io.agentruntime.jdbc;

import io.agentruntime.lifecycle.Deadline;
import io.agentruntime.queue.BackgroundQueue;
import io.agentruntime.queue.EventCodec;
import io.agentruntime.queue.Journal;
import io.agentruntime.queue.Overflow;
import io.agentruntime.usage.UsageEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Another process with a usage store behind a queue with a journal, as a runtime has them: it enqueues events from some threads and waits
 * to be killed, or brings what was left behind into the store.
 *
 * <p>It prints {@code opened}, with what the journal has from before and in how many files; {@code accepted} with the sequence and the
 * number of an event; and {@code stored} between the storing of a batch and its acknowledgement to the journal.
 */
final class UsageQueueWriter {

    static final int PRODUCERS = 4;
    static final int EVENTS_EACH = 400; // so that storing keeps up with accepting
    static final int CAPACITY = 250;
    static final int BATCH = 250;

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int FAILED = 2;

    private final DuckDbUsageStore store;
    private final BackgroundQueue<UsageEvent> queue;

    private UsageQueueWriter(Path folder) {
        Journal journal = journal(folder);
        System.out.println(
                "opened " + journal.size() + " " + journal.statistics().segments());
        store = DuckDbUsageStore.open(database(folder));
        store.start(); // before the first event, so that storing and accepting go on at the same time
        queue = BackgroundQueue.<UsageEvent>builder("usage-queue", this::store)
                .capacity(CAPACITY)
                .batchSize(BATCH)
                .journal(journal, EventCodec.json(UsageEvent.class))
                .overflow(Overflow.spill())
                .build();
        queue.start();
    }

    static Path database(Path folder) {
        return folder.resolve("usage.duckdb");
    }

    static Journal journal(Path folder) {
        return Journal.inDirectory(folder.resolve("journal"))
                .segmentBytes(32 * 1024)
                .open();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        UsageQueueWriter writer = new UsageQueueWriter(Path.of(arguments[1]));
        if (arguments[0].equals("drain")) {
            writer.drain();
            return;
        }
        long firstSequence = Long.parseLong(arguments[2]);
        for (int i = 0; i < PRODUCERS; i++) {
            long sequence = firstSequence + i;
            new Thread(() -> writer.produce(sequence)).start();
        }
        int unused = System.in.read(); // until it is killed
    }

    private void store(List<UsageEvent> batch) throws InterruptedException {
        store.store(batch);
        System.out.println("stored " + batch.size());
    }

    private void produce(long sequence) {
        for (long number = 0; number < EVENTS_EACH; number++) {
            if (!queue.enqueue(UsageWriter.event(sequence, number)).accepted()) {
                Runtime.getRuntime().halt(FAILED); // a queue that spills refuses nothing
            }
            System.out.println("accepted " + sequence + " " + number);
        }
    }

    private void drain() throws InterruptedException {
        boolean flushed = queue.flush(LONG);
        long lost = queue.stop(Deadline.after(LONG));
        store.close();
        System.out.println("drained " + flushed + ", lost " + lost);
    }
}
