package io.agentruntime.bulk;

import io.agentruntime.queue.EventCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One item of a job on its way through the queue, or the end of the job, which comes behind all its items.
 *
 * @param owner the job, or null for an item that comes from the journal
 * @param job the key of the job
 * @param index its place in the job, from 0; that of the end is the number of items
 * @param total how many items the job has
 * @param value the item; null for the end
 */
record BulkItem<T, R>(
        @Nullable BulkJob<R> owner,
        String job,
        int index,
        int total,
        @Nullable T value) {

    static <T, R> BulkItem<T, R> of(BulkJob<R> job, int index, T value) {
        return new BulkItem<>(job, job.key(), index, job.total(), value);
    }

    static <T, R> BulkItem<T, R> endOf(BulkJob<R> job) {
        return new BulkItem<>(job, job.key(), job.total(), job.total(), null);
    }

    boolean isEnd() {
        return index == total;
    }

    /** Writes items as the host's codec does, with their place. */
    record Codec<T, R>(EventCodec<T> values) implements EventCodec<BulkItem<T, R>> {

        @Override
        public int version() {
            return values.version();
        }

        @Override
        public byte[] encode(BulkItem<T, R> item) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeUTF(item.job);
            out.writeInt(item.index);
            out.writeInt(item.total);
            if (item.value != null) {
                out.write(values.encode(item.value));
            }
            return bytes.toByteArray();
        }

        @Override
        public BulkItem<T, R> decode(byte[] bytes) throws IOException {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            String job = in.readUTF();
            int index = in.readInt();
            int total = in.readInt();
            if (index < 0 || index > total || job.length() < BulkJob.ID) {
                throw new IOException("item " + index + " of " + total + " of job '" + job + "'");
            }
            T value = index == total ? null : values.decode(in.readAllBytes());
            return new BulkItem<>(null, job, index, total, value);
        }
    }
}
