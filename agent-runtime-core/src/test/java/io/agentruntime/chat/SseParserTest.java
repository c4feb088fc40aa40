package io.agentruntime.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.http.client.sse.DefaultServerSentEventParser;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SseParserTest {

    private static final String[] PIECES = {
        "data:",
        "data: ",
        "data",
        "event:",
        "event: ",
        ":",
        ": ping",
        "id: 7",
        "retry: 5",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        " ",
        "x",
        "é",
        "漢",
        "😀",
        "{\"a\":1}",
        "[DONE]",
        "\u0085",
        "\u2028",
        "\uFEFF",
        "data:\n",
        "\t"
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void events_ofRandomBytesSplitAnywhere_areThoseOfLangChain4j(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = randomBytes(random);
            assertThat(parse(bytes, random))
                    .as("seed %d, round %d, bytes %s", seed, round, new String(bytes, UTF_8))
                    .isEqualTo(expected(bytes));
        }
    }

    private static byte[] randomBytes(Random random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('\n'); // so that a byte order mark, if any, is not at the beginning
        int pieces = random.nextInt(40);
        for (int i = 0; i < pieces; i++) {
            if (random.nextInt(20) == 0) {
                bytes.write(random.nextInt(256)); // perhaps no UTF-8 at all
            } else {
                bytes.writeBytes(PIECES[random.nextInt(PIECES.length)].getBytes(UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private static List<ServerSentEvent> parse(byte[] bytes, Random random) {
        SseParser parser = new SseParser(1 << 20);
        List<ServerSentEvent> events = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int length = 1 + random.nextInt(Math.min(12, bytes.length - from));
            parser.feed(ByteBuffer.wrap(bytes, from, length), events);
            from += length;
        }
        parser.end(events);
        return events;
    }

    private static List<ServerSentEvent> expected(byte[] bytes) {
        Heard heard = new Heard();
        new DefaultServerSentEventParser().parse(new ByteArrayInputStream(bytes), heard);
        return heard.events;
    }

    @Test
    void feed_byteOrderMark_isSkippedAtTheBeginningOnly() {
        assertThat(parse("\uFEFFdata: a\n\n\uFEFFdata: b\n\ndata: \uFEFFc\n\n".getBytes(UTF_8), new Random(5)))
                .containsExactly(new ServerSentEvent(null, "a"), new ServerSentEvent(null, "\uFEFFc"));
    }

    @Test
    void feed_lineOrEventLargerThanAllowed_fails() {
        assertThatThrownBy(() -> feed(64, "data: " + "x".repeat(59)))
                .isInstanceOf(ModelTransportException.class)
                .hasMessageContaining("64 bytes");
        assertThatThrownBy(() -> feed(64, ("data: " + "x".repeat(20) + "\n").repeat(3)))
                .isInstanceOf(ModelTransportException.class);
        assertThat(feed(64, ("data: " + "x".repeat(50) + "\n\n").repeat(100))).hasSize(100);
    }

    private static List<ServerSentEvent> feed(int maxEventBytes, String text) {
        List<ServerSentEvent> events = new ArrayList<>();
        new SseParser(maxEventBytes).feed(ByteBuffer.wrap(text.getBytes(UTF_8)), events);
        return events;
    }
}
