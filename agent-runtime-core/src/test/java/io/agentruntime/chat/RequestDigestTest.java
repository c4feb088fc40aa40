package io.agentruntime.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageType;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The key of a cached answer: never one for two requests. */
class RequestDigestTest {

    private final long seed = Long.getLong("agentruntime.seed", new Random().nextLong());

    @Test
    void requests_thatDifferInOnePart_haveDifferentKeys() throws Exception {
        vary(20);
    }

    @Test
    @Tag("stress")
    void manyRequests_thatDifferInOnePart_haveDifferentKeys() throws Exception {
        vary(2_000);
    }

    private void vary(int rounds) throws Exception {
        Random random = new Random(seed);
        int count = DialledRequest.count();
        assertThat(count).isGreaterThan(100);
        Map<List<Integer>, String> seen = new LinkedHashMap<>();
        Set<String> keys = new HashSet<>();
        for (int round = 0; round < rounds; round++) {
            int[] dials = random.ints(count, 0, DialledRequest.POSITIONS).toArray();
            String key = RequestDigest.of(DialledRequest.of(dials));
            assertThat(RequestDigest.of(DialledRequest.of(dials.clone())))
                    .as("built anew, seed %d", seed)
                    .isEqualTo(key)
                    .matches("[0-9a-f]{64}");
            for (int i = 0; i < count; i++) {
                int[] other = dials.clone();
                other[i] = (other[i] + 1 + random.nextInt(DialledRequest.POSITIONS - 1)) % DialledRequest.POSITIONS;
                String otherKey = RequestDigest.of(DialledRequest.of(other));
                assertThat(otherKey).as("dial %d, seed %d", i, seed).isNotEqualTo(key);
                keys.add(otherKey);
                seen.put(Arrays.stream(other).boxed().toList(), otherKey);
            }
            keys.add(key);
            seen.put(Arrays.stream(dials).boxed().toList(), key);
        }
        assertThat(keys).as("seed %d", seed).hasSameSizeAs(seen.keySet());
    }

    private static String key(Object... values) {
        try {
            return RequestDigest.of(values);
        } catch (RequestDigest.InexactException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void values_thatAreEasilyMixedUp_haveDifferentKeys() {
        Object[][] all = {
            {},
            {(Object) null},
            {""},
            {"", ""},
            {"a", "bc"},
            {"ab", "c"},
            {"abc"},
            {"a", "b", "c"},
            {"a\u7300\u6273c"}, // the tags of the three as parts of one, if lengths were not written
            {"a\u7300\u0000\u0000\u6273\u0000\u0000c"}, // or always as 0
            {List.of("a", "b"), "c"},
            {List.of("a"), "b", "c"},
            {List.of(List.of("a", "b"), "c")},
            {Map.of("a", "b")},
            {List.of("a", "b")},
            {"?"},
            {"\uD800"},
            {"\uDC00"},
            {"\uFFFD"},
            {"\u00e9"},
            {"e\u0301"},
            {1},
            {1L},
            {1.0},
            {1.0f},
            {"1"},
            {true},
            {"true"},
            {ChatMessageType.AI},
            {"AI"},
            {new byte[] {1}},
            {"01"},
            {URI.create("data:,a")},
            {"data:,a"},
            {DefaultChatRequestParameters.EMPTY},
            {OpenAiChatRequestParameters.EMPTY},
        };
        Set<String> keys = new HashSet<>();
        for (Object[] values : all) {
            assertThat(keys.add(key(values))).as(Arrays.deepToString(values)).isTrue();
        }
    }

    @Test
    void orderOfProperties_counts_thatOfAttributesDoesNot() {
        Map<String, Object> forth = new LinkedHashMap<>();
        forth.put("a", 1);
        forth.put("b", 2);
        Map<String, Object> back = new LinkedHashMap<>();
        back.put("b", 2);
        back.put("a", 1);
        assertThat(key(forth)).isEqualTo(key(back));
        var one = JsonObjectSchema.builder().addStringProperty("a").addStringProperty("b");
        var other = JsonObjectSchema.builder().addStringProperty("b").addStringProperty("a");
        assertThat(one.build()).isEqualTo(other.build());
        assertThat(key(one.build())).isNotEqualTo(key(other.build()));
    }

    @Test
    void longText_isReadToItsEnd() {
        String text = "x".repeat(1_000_000);
        assertThat(key(UserMessage.from(text + "a"))).isNotEqualTo(key(UserMessage.from(text + "b")));
    }

    /** A message that knows more than its fields say. */
    private static final class OwnMessage extends UserMessage {
        OwnMessage() {
            super("text");
        }
    }

    private static final class OwnKind implements ChatMessage {
        @Override
        public ChatMessageType type() {
            return ChatMessageType.USER;
        }
    }

    private static final class OwnRequest extends ChatRequest {
        OwnRequest() {
            super(ChatRequest.builder().messages(UserMessage.from("text")));
        }
    }

    @Test
    void values_thatCannotBeReadExactly_haveNoKey() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        Supplier<String> function = () -> "text";
        List<Object> values = List.of(
                new OwnMessage(),
                new OwnKind(),
                new OwnRequest(),
                itself,
                function,
                new Object(),
                new AtomicInteger(1),
                Set.of("a", "b"),
                Map.of(1, "a"),
                URI.create("https://example.org/image.png"),
                ImageContent.from("file:///tmp/image.png"),
                ImageContent.from("https://example.org/image.png"),
                UserMessage.builder()
                        .contents(UserMessage.from("text").contents())
                        .attributes(Map.of("key", new Object()))
                        .build());
        assertThat(values)
                .allSatisfy(value -> assertThatThrownBy(() -> RequestDigest.of(value))
                        .isInstanceOf(RequestDigest.InexactException.class)
                        .hasMessageNotContaining("example"));
    }

    @Test
    void image_thatIsWhollyInItsAddress_hasAKey() {
        assertThat(key(ImageContent.from("data:image/png;base64,AAAA")))
                .isNotEqualTo(key(ImageContent.from("data:image/png;base64,AAAB")));
    }
}
