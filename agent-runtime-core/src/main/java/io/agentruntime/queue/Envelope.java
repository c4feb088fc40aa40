package io.agentruntime.queue;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The form of a record in a journal: a format version, when the event was accepted, its context, the version of its codec, the event.
 * Texts have their length in front; a length of -1 is null.
 */
final class Envelope {

    static final int FORMAT = 1;

    private Envelope() {}

    /** What a record says of its event. */
    record Content<T>(T event, @Nullable UsageContext context, long acceptedMillis) {}

    static <T> byte[] write(Content<T> content, EventCodec<T> codec) throws IOException {
        byte[] event = codec.encode(content.event);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(event.length + 128);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(FORMAT);
        out.writeLong(content.acceptedMillis);
        out.writeBoolean(content.context != null);
        if (content.context != null) {
            writeContext(content.context, out);
        }
        out.writeShort(codec.version());
        out.write(event);
        return bytes.toByteArray();
    }

    private static void writeContext(UsageContext context, DataOutputStream out) throws IOException {
        writeText(context.organisation(), out);
        writeText(context.feature(), out);
        writeText(context.user(), out);
        writeText(context.session(), out);
        writeText(context.request(), out);
        out.writeInt(context.metadata().size());
        for (Map.Entry<String, String> entry : context.metadata().entrySet()) {
            writeText(entry.getKey(), out);
            writeText(entry.getValue(), out);
        }
    }

    private static void writeText(@Nullable String text, DataOutputStream out) throws IOException {
        if (text == null) {
            out.writeInt(-1);
            return;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** Reads a record, and throws if it is not whole, or newer than this version of the library or of the codec. */
    static <T> Content<T> read(DataInputStream in, EventCodec<T> codec) throws IOException {
        requireKnown("format", in.readUnsignedByte(), FORMAT);
        long acceptedMillis = in.readLong();
        UsageContext context = in.readBoolean() ? readContext(in) : null;
        requireKnown("event", in.readUnsignedShort(), codec.version());
        T event = requireNonNull(codec.decode(in.readAllBytes()), "the codec has read null");
        return new Content<>(event, context, acceptedMillis);
    }

    private static void requireKnown(String what, int version, int known) throws IOException {
        if (version < 1 || version > known) {
            throw new IOException("the " + what + " has version " + version + ", known are 1 to " + known);
        }
    }

    private static UsageContext readContext(DataInputStream in) throws IOException {
        UsageContext.Builder context = UsageContext.builder(readRequired(in), readRequired(in))
                .user(readText(in))
                .session(readText(in))
                .request(readText(in));
        for (int left = in.readInt(); left > 0; left--) {
            context.metadata(readRequired(in), readRequired(in));
        }
        return context.build();
    }

    private static String readRequired(DataInputStream in) throws IOException {
        String text = readText(in);
        if (text == null) {
            throw new IOException("a text is missing");
        }
        return text;
    }

    private static @Nullable String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length == -1) {
            return null;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException("a text of " + length + " bytes, left are " + in.available());
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
