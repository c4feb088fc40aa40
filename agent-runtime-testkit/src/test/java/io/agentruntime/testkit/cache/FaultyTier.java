package io.agentruntime.testkit.cache;

import io.agentruntime.cache.CacheTier;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A tier that counts, and fails or hangs when told to. */
final class FaultyTier implements CacheTier {

    final Map<String, byte[]> entries = new ConcurrentSkipListMap<>();
    final AtomicInteger reads = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    final AtomicInteger deletes = new AtomicInteger();
    final AtomicInteger claims = new AtomicInteger();
    final AtomicInteger releases = new AtomicInteger();
    volatile boolean broken;
    volatile CountDownLatch readGate = new CountDownLatch(0);
    volatile CountDownLatch writeGate = new CountDownLatch(0);
    volatile CountDownLatch claimGate = new CountDownLatch(0);
    volatile Runnable beforeClaim = () -> {};
    volatile Runnable beforeRead = () -> {};
    volatile Runnable beforeWrite = () -> {};
    volatile Runnable afterRead = () -> {};
    volatile boolean deaf; // to interrupts
    final AtomicInteger interrupted = new AtomicInteger();

    private void check() throws IOException {
        if (broken) {
            throw new IOException("down");
        }
    }

    private void pass(CountDownLatch gate) throws InterruptedException {
        boolean interruptedNow = false;
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
                interruptedNow = true;
                if (!deaf) {
                    throw e;
                }
            }
        }
        if (interruptedNow) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<byte[]> get(String key) throws Exception {
        reads.incrementAndGet();
        CountDownLatch gate = readGate;
        beforeRead.run();
        Optional<byte[]> found = Optional.ofNullable(entries.get(key));
        pass(gate);
        check();
        afterRead.run();
        return found;
    }

    @Override
    public void put(String key, byte[] entry, Instant useless) throws Exception {
        writes.incrementAndGet();
        beforeWrite.run();
        pass(writeGate);
        check();
        entries.put(key, entry.clone());
    }

    @Override
    public void delete(String key) throws Exception {
        deletes.incrementAndGet();
        pass(writeGate);
        check();
        entries.remove(key);
    }

    @Override
    public List<String> list(String folder) throws Exception {
        check();
        return entries.keySet().stream()
                .filter(key -> key.startsWith(folder + "/"))
                .toList();
    }

    @Override
    public String claim(String key, String mark, @Nullable String overdue) throws Exception {
        claims.incrementAndGet();
        beforeClaim.run();
        pass(claimGate);
        check();
        byte[] standing = entries.compute(
                key,
                (k, old) -> old == null || text(old).equals(overdue) ? mark.getBytes(StandardCharsets.UTF_8) : old);
        return text(standing);
    }

    private static String text(byte[] mark) {
        return new String(mark, StandardCharsets.UTF_8);
    }

    @Override
    public void release(String key, String mark) throws Exception {
        releases.incrementAndGet();
        check();
        entries.computeIfPresent(key, (k, standing) -> text(standing).equals(mark) ? null : standing);
    }
}
