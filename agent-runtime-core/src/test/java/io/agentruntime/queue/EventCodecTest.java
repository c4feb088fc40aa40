package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EventCodecTest {

    @Test
    void json_usageEvent_comesBackWhole() throws Exception {
        EventCodec<UsageEvent> codec = EventCodec.json(UsageEvent.class);
        UsageEvent event = UsageEvent.builder(UUID.randomUUID(), Instant.parse("2026-01-02T03:04:05.678901Z"))
                .owner(UsageContext.of("acme", "audit").withUser("ann").withMetadata("k", "v"))
                .provider("openai")
                .requestedModel("gpt-4o-mini")
                .duration(Duration.ofMillis(1234))
                .tokens(TokenCounts.of(10, 20).withCache(3, 4).withReasoning(5), UsageQuality.REPORTED)
                .build();
        assertThat(codec.decode(codec.encode(event))).isEqualTo(event);
        assertThat(new String(codec.encode(event), StandardCharsets.UTF_8)).contains("\"2026-01-02T03:04:05.678901Z\"");
    }

    @Test
    void json_fieldOfANewerApplication_isPassedOver() throws Exception {
        EventCodec<TokenCounts> codec = EventCodec.json(TokenCounts.class);
        String text = "{\"input\":1,\"output\":2,\"total\":3,\"later\":true}";
        assertThat(codec.decode(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(TokenCounts.of(1, 2));
    }

    @Test
    void json_notAnEvent_saysSo() {
        EventCodec<Instant> codec = EventCodec.json(Instant.class);
        assertThatThrownBy(() -> codec.decode("\"yesterday\"".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a Instant: yesterday");
        assertThatThrownBy(() -> codec.decode("null".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessage("the event is null");
    }
}
