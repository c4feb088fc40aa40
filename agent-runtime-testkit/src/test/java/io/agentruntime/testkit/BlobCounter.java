package io.agentruntime.testkit;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.BlobStream;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Counts in a blob, beside other processes that do the same; prints how many blobs it was the first to create. */
final class BlobCounter {

    static final BlobName COUNTER = BlobName.of("acme", "counter");
    static final int ROUNDS = 100;

    private BlobCounter() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println(run(BlobStore.inDirectory(Path.of(arguments[0]))));
    }

    static int run(BlobStore store) throws IOException {
        int created = 0;
        for (int round = 0; round < ROUNDS; round++) {
            BlobName name = BlobName.of("acme", "created", "n" + round);
            created +=
                    done(() -> store.put(name, new byte[1], PutOptions.of("a/b").ifAbsent())) ? 1 : 0;
            while (!increment(store)) {
                Thread.onSpinWait();
            }
        }
        return created;
    }

    private static boolean increment(BlobStore store) throws IOException {
        try (BlobStream current = store.open(COUNTER).orElseThrow()) {
            int value = Integer.parseInt(new String(current.readAllBytes(), StandardCharsets.UTF_8));
            byte[] next = Integer.toString(value + 1).getBytes(StandardCharsets.UTF_8);
            PutOptions options = PutOptions.of("a/b").ifVersion(current.info().version());
            return done(() -> store.put(COUNTER, next, options));
        }
    }

    private static boolean done(Runnable change) {
        try {
            change.run();
            return true;
        } catch (StorageException e) {
            if (e.reason() != Reason.PRECONDITION_FAILED) {
                throw e;
            }
            return false;
        }
    }
}
