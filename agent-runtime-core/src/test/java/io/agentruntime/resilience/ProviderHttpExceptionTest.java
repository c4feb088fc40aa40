package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.internal.ExceptionMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ProviderHttpExceptionTest {

    private final ProviderHttpException failure =
            new ProviderHttpException(429, "slow down", Map.of("Retry-After", List.of("2", "9")));

    @Test
    void header_inAnyCase_isFound() {
        assertThat(failure.statusCode()).isEqualTo(429);
        assertThat(failure).hasMessage("slow down");
        assertThat(failure.header("retry-AFTER")).contains("2");
        assertThat(failure.header("x-request-id")).isEmpty();
        assertThat(failure.headers().get("RETRY-AFTER")).containsExactly("2", "9");
    }

    @Test
    void headers_thatDifferInCaseOnly_areJoinedAndCopied() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("A", new ArrayList<>(List.of("1")));
        headers.put("a", new ArrayList<>(List.of("2")));
        ProviderHttpException answer = new ProviderHttpException(500, "", headers);
        headers.get("A").add("3");
        headers.clear();
        assertThat(answer.headers()).hasSize(1);
        assertThat(answer.headers().get("a")).containsExactly("1", "2");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> answer.headers().clear());
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> answer.headers().get("a").clear());
    }

    @Test
    void in_whatLangChain4jMakesOfIt_isFound() {
        RuntimeException mapped = ExceptionMapper.DEFAULT.mapException(new CompletionException(failure));
        assertThat(mapped).isInstanceOf(RateLimitException.class);
        assertThat(ProviderHttpException.in(mapped)).containsSame(failure);
        assertThat(ProviderHttpException.in(failure)).containsSame(failure);
    }

    @Test
    void in_causesThatGoInACircle_ends() {
        IllegalStateException outer = new IllegalStateException("outer");
        IllegalStateException inner = new IllegalStateException("inner", outer);
        outer.initCause(inner);
        assertThat(ProviderHttpException.in(outer)).isEmpty();
    }

    @Test
    void serialised_andBack_keepsItsHeaders() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(failure);
        Object copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertThat(((ProviderHttpException) copy).header("retry-after")).contains("2");
    }
}
