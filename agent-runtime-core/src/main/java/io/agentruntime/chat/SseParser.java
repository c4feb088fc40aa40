package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.langchain4j.http.client.sse.ServerSentEvent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of the bytes of a stream, wherever they are split. Gives the events that LangChain4j's {@code
 * DefaultServerSentEventParser} gives for the same bytes, except that a byte order mark at the beginning is skipped. Not thread-safe.
 */
final class SseParser {

    /*
     * Bytes are gathered until a line ends, and only then decoded: CR and LF are never part of another character in UTF-8. As in
     * LangChain4j, and unlike in the standard, an event without data leaves its name to the next one, and what the stream ends with
     * is an event even without an empty line after it.
     */
    private static final byte[] DATA = "data:".getBytes(US_ASCII);
    private static final byte[] EVENT = "event:".getBytes(US_ASCII);
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final int maxEventBytes;
    private byte[] line = new byte[256];
    private int length;
    private int earlierBytes; // of the event, in lines before this one
    private boolean first = true;
    private boolean afterReturn;
    private @Nullable String event;
    private final StringBuilder data = new StringBuilder();

    SseParser(int maxEventBytes) {
        this.maxEventBytes = maxEventBytes;
    }

    /** Takes the next bytes; adds the events that they complete. */
    void feed(ByteBuffer bytes, List<ServerSentEvent> events) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '\n' && afterReturn) {
                afterReturn = false;
                continue;
            }
            afterReturn = next == '\r';
            if (next == '\n' || afterReturn) {
                endLine(events);
            } else {
                append(next);
            }
        }
    }

    /** Ends the stream; adds the event that it ended with, if any. */
    void end(List<ServerSentEvent> events) {
        if (length > 0) {
            endLine(events);
        }
        dispatch(events);
    }

    private void append(byte next) {
        if (length + earlierBytes >= maxEventBytes) {
            throw ModelTransportException.tooLarge(maxEventBytes);
        }
        if (length == line.length) {
            line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = next;
    }

    private void endLine(List<ServerSentEvent> events) {
        int start = first && startsWith(MARK, 0) ? MARK.length : 0;
        first = false;
        if (start == length) {
            dispatch(events);
        } else if (startsWith(EVENT, start)) {
            event = text(start + EVENT.length).trim();
        } else if (startsWith(DATA, start)) {
            int from = start + DATA.length;
            addData(text(from < length && line[from] == ' ' ? from + 1 : from));
        }
        length = 0;
    }

    private void addData(String text) {
        if (!data.isEmpty()) {
            data.append('\n');
        }
        data.append(text);
        earlierBytes += length;
    }

    private void dispatch(List<ServerSentEvent> events) {
        if (!data.isEmpty()) {
            events.add(new ServerSentEvent(event, data.toString()));
            event = null;
            data.setLength(0);
        }
        earlierBytes = 0;
    }

    private boolean startsWith(byte[] prefix, int from) {
        int end = from + prefix.length;
        return end <= length && Arrays.equals(line, from, end, prefix, 0, prefix.length);
    }

    private String text(int from) {
        return new String(line, from, length - from, UTF_8);
    }
}
