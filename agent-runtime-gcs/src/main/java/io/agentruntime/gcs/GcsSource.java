package io.agentruntime.gcs;

import com.google.cloud.ReadChannel;
import com.google.cloud.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of an object, as they come. Every read is a call of its own, or a part of the call that the thread makes. */
final class GcsSource extends InputStream {

    private final GcsCalls calls;
    private final String path;
    private final ReadChannel channel;

    GcsSource(GcsCalls calls, String path, ReadChannel channel) {
        this.calls = calls;
        this.path = path;
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        return calls.make("read", path, () -> {
            calls.checkTime();
            int count = 0;
            for (ByteBuffer bytes = ByteBuffer.wrap(target, offset, length); count == 0 && bytes.hasRemaining(); ) {
                count = read(bytes);
            }
            return count;
        });
    }

    private int read(ByteBuffer bytes) throws IOException {
        try {
            return channel.read(bytes);
        } catch (StorageException | IOException e) {
            if (GcsFailure.status(e) == 404) {
                throw GcsFailure.gone(calls.uri(path), e);
            }
            throw e;
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
