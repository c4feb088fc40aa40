package io.agentruntime.bulk;

import io.agentruntime.queue.EventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes items as the host's codec does, with their place in their job.
 *
 * <p>A queue reads its journal in order, so here is where a resumed job learns which of its items are left: those that come before its end.
 */
record BulkCodec<T, R>(EventCodec<T> values, Jobs<R> jobs) implements EventCodec<BulkItem<T, R>> {

    /** Finds jobs. */
    interface Jobs<R> {

        /** The job of a key; begins a resumed one if there is none. */
        BulkJob<R> find(String key, int total);
    }

    @Override
    public int version() {
        return values.version();
    }

    @Override
    public byte[] encode(BulkItem<T, R> item) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeUTF(item.job().key());
        out.writeInt(item.index());
        out.writeInt(item.job().total());
        if (item.value() != null) {
            out.write(values.encode(item.value()));
        }
        return bytes.toByteArray();
    }

    @Override
    public BulkItem<T, R> decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        String key = in.readUTF();
        int index = in.readInt();
        int total = in.readInt();
        if (index < 0 || index > total || key.length() < BulkJob.ID) {
            throw new IOException("item " + index + " of " + total + " of job '" + key + "'");
        }
        BulkJob<R> job = jobs.find(key, total);
        if (index == total) {
            job.allFound();
            return BulkItem.endOf(job);
        }
        job.found(index);
        return new BulkItem<>(job, index, value(job, index, in.readAllBytes()));
    }

    private @Nullable T value(BulkJob<R> job, int index, byte[] bytes) throws IOException {
        try {
            return values.decode(bytes);
        } catch (IOException | RuntimeException e) {
            job.failed(index, e);
            throw e;
        }
    }
}
