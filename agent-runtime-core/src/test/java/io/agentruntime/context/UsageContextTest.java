package io.agentruntime.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageContextTest {

    private static final UsageContext ACME = UsageContext.of("acme", "summaries");

    @Test
    void open_nested_restoresTheOuterContext() {
        UsageContext inner = ACME.withFeature("faqs");
        try (ContextScope outerScope = ACME.open()) {
            try (ContextScope innerScope = inner.open()) {
                assertThat(UsageContext.current()).contains(inner);
            }
            assertThat(UsageContext.current()).contains(ACME);
        }
        assertThat(UsageContext.current()).isEmpty();
    }

    @Test
    void open_bodyThrows_restores() {
        assertThatThrownBy(() -> {
                    try (ContextScope scope = ACME.open()) {
                        throw new IllegalStateException("body");
                    }
                })
                .hasMessage("body");
        assertThat(UsageContext.current()).isEmpty();
    }

    @Test
    void required_withoutContext_namesTheThread() {
        assertThatThrownBy(UsageContext::required)
                .isInstanceOf(MissingContextException.class)
                .hasMessageContaining(Thread.currentThread().getName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "\u0000"})
    void of_unusableOrganisation_isRejectedByName(String organisation) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UsageContext.of(organisation, "f"))
                .withMessageStartingWith("organisation ");
    }

    @Test
    void of_tooLong_saysHowLongIsAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ACME.withSession("s".repeat(257)))
                .withMessage("session has 257 characters, allowed: 256");
    }

    @Test
    @Tag("flaw-16")
    void metadata_changedByItsGiver_staysAsItWas() {
        Map<String, String> given = new HashMap<>(Map.of("tier", "gold"));
        UsageContext context = new UsageContext("acme", "f", "u", "s", "r", given);
        given.put("tier", "none");
        assertThat(context.metadata()).containsExactly(Map.entry("tier", "gold"));
        assertThatThrownBy(() -> context.metadata().put("tier", "none"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    /** A record of texts, and of one map of texts that nobody can change: nothing in it can be. */
    @Test
    @Tag("flaw-16")
    void everyPart_isImmutable() {
        assertThat(UsageContext.class.getRecordComponents())
                .extracting(part -> part.getGenericType().getTypeName())
                .containsOnly("java.lang.String", "java.util.Map<java.lang.String, java.lang.String>");
        UsageContext.Builder builder = UsageContext.builder("acme", "f").metadata("tier", "gold");
        for (UsageContext context : List.of(builder.build(), ACME.withMetadata("tier", "gold"))) {
            Map<String, String> metadata = context.metadata();
            for (Runnable change : List.<Runnable>of(
                    () -> metadata.put("tier", "none"),
                    () -> metadata.remove("tier"),
                    metadata::clear,
                    () -> metadata.keySet().clear(),
                    () -> metadata.values().remove("gold"),
                    () -> metadata.entrySet().iterator().next().setValue("none"),
                    () -> metadata.replaceAll((key, value) -> "none"))) {
                assertThatThrownBy(change::run).isInstanceOf(UnsupportedOperationException.class);
            }
            assertThat(metadata).containsExactly(Map.entry("tier", "gold"));
        }
        UsageContext before = builder.build();
        assertThat(builder.metadata("tier", "none").user("u").build()).isNotEqualTo(before);
        assertThat(before).isEqualTo(UsageContext.of("acme", "f").withMetadata("tier", "gold"));
    }

    @Test
    @Tag("flaw-16")
    void withers_leaveTheOriginalAlone() {
        UsageContext original = UsageContext.of("acme", "f");
        assertThat(List.of(
                        original.withFeature("g"),
                        original.withUser("u"),
                        original.withSession("s"),
                        original.withRequest("r"),
                        original.withMetadata("k", "v")))
                .doesNotContain(original);
        assertThat(original).isEqualTo(new UsageContext("acme", "f", null, null, null, Map.of()));
    }

    @Test
    void withers_changeOneThingEach() {
        UsageContext context =
                ACME.withUser("u").withSession("s").withRequest("r").withMetadata("k", "v");
        assertThat(context).isEqualTo(new UsageContext("acme", "summaries", "u", "s", "r", Map.of("k", "v")));
        assertThat(context.withUser(null).user()).isNull();
        assertThat(UsageContext.builder("acme", "summaries")
                        .user("u")
                        .session("s")
                        .request("r")
                        .metadata("k", "v")
                        .build())
                .isEqualTo(context);
    }

    @Test
    void open_overAnotherOrganisation_isRefusedUnlessAskedFor() {
        UsageContext other = UsageContext.of("other", "summaries");
        try (ContextScope scope = ACME.open()) {
            assertThatThrownBy(other::open)
                    .isInstanceOf(ContextConflictException.class)
                    .hasMessageContaining("'other'")
                    .hasMessageContaining("'acme'");
            assertThat(UsageContext.current()).contains(ACME);
            try (ContextScope replaced = other.openReplacing()) {
                assertThat(UsageContext.current()).contains(other);
            }
            assertThat(UsageContext.current()).contains(ACME);
        }
    }
}
