package io.agentruntime.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A handler that holds its first batch until it is let go, and remembers what it took. */
final class Gate implements BatchHandler<Integer> {

    final List<Integer> delivered = new CopyOnWriteArrayList<>();
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);

    @Override
    public void handle(List<Integer> batch) throws InterruptedException {
        entered.countDown();
        letGo.await();
        delivered.addAll(batch);
    }

    /** Makes sure that an event is in the handler's hands. */
    void occupy(BackgroundQueue<Integer> queue, int event) throws InterruptedException {
        if (!queue.enqueue(event).accepted()) {
            throw new AssertionError("refused");
        }
        entered.await();
    }
}
