package io.agentruntime.gcs;

import com.google.cloud.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.io.IOException;

/** Makes calls under a deadline, and turns what goes wrong into the exceptions of the store's contract. Thread-safe. */
final class GcsCalls {

    /** What a call does. */
    interface Call<T> {
        T make() throws IOException;
    }

    private final GcsDeadline deadline;
    private final GcsLocation location;

    GcsCalls(GcsDeadline deadline, GcsLocation location) {
        this.deadline = deadline;
        this.location = location;
    }

    /** Makes a call that has the timeout from now on, or what is left of the call that it belongs to. */
    <T> T make(String what, String path, Call<T> call) {
        boolean outermost = deadline.begin();
        try {
            return makeUntimed(what, path, call);
        } finally {
            if (outermost) {
                deadline.end();
            }
        }
    }

    /** Makes a call whose parts have the timeout one by one. */
    <T> T makeUntimed(String what, String path, Call<T> call) {
        try {
            return call.make();
        } catch (StorageException | IOException e) {
            throw GcsFailure.of(what, uri(path), e);
        } catch (io.agentruntime.storage.StorageException e) {
            throw e.reason() == Reason.TIMEOUT ? GcsFailure.of(what, uri(path), e) : e;
        } catch (NullPointerException e) { // what the client throws when it is interrupted before it repeats a call
            if (Thread.currentThread().isInterrupted()) {
                throw GcsFailure.interrupted(what, uri(path), e);
            }
            throw e;
        }
    }

    /** Fails if the call has no time left; asked before each request, for the client need not be one that knows of the deadline. */
    void checkTime() {
        int unused = deadline.leftMillis();
    }

    String uri(String path) {
        return location + "/" + path;
    }
}
