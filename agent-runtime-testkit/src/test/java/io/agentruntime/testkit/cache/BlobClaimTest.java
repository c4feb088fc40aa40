package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.cache.CacheTier;
import io.agentruntime.storage.BlobStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Claims in a blob store, when another instance comes between the look and the change. */
@Tag("flaw-23")
class BlobClaimTest {

    private interface Step {
        void run() throws Exception;
    }

    private static final String KEY = "texts/shared/a/claim";

    private final BlobStore store = BlobStore.inMemory();
    private final CacheTier other = CacheTier.on(store, "cache");
    private Step afterLook = () -> {};
    private final CacheTier mine = CacheTier.on(lookedAt(), "cache");

    /** The same store, whose looks something follows at once, the first time. */
    private BlobStore lookedAt() {
        return (BlobStore) Proxy.newProxyInstance(
                BlobStore.class.getClassLoader(), new Class<?>[] {BlobStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(store, arguments);
                        if (method.getName().equals("head")) {
                            Step step = afterLook;
                            afterLook = () -> {};
                            step.run();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void otherHasIt() throws Exception {
        assertThat(other.claim(KEY, "checks", null)).isEqualTo("other's");
    }

    @Test
    void claim_free_isMineUntilReleased() throws Exception {
        assertThat(mine.claim(KEY, "mine", null)).isEqualTo("mine");
        assertThat(other.claim(KEY, "other's", null)).isEqualTo("mine");
        assertThat(mine.list("texts/shared")).isEqualTo(List.of(KEY));
        mine.release(KEY, "mine");
        assertThat(other.claim(KEY, "other's", null)).isEqualTo("other's");
    }

    @Test
    void claim_anotherIsFaster_isThatOnes() throws Exception {
        afterLook = () -> assertThat(other.claim(KEY, "other's", null)).isEqualTo("other's");
        assertThat(mine.claim(KEY, "mine", null)).isEqualTo("other's");
        otherHasIt();
    }

    @Test
    void claim_anotherTakesTheOverdueOneFaster_isThatOnes() throws Exception {
        assertThat(other.claim(KEY, "dead", null)).isEqualTo("dead");
        afterLook = () -> assertThat(other.claim(KEY, "other's", "dead")).isEqualTo("other's");
        assertThat(mine.claim(KEY, "mine", "dead")).isEqualTo("other's");
        otherHasIt();
    }

    @Test
    void claim_anotherHasHadItMeanwhile_isNotMine() throws Exception {
        assertThat(other.claim(KEY, "dead", null)).isEqualTo("dead");
        afterLook = () -> {
            assertThat(other.claim(KEY, "other's", "dead")).isEqualTo("other's");
            other.release(KEY, "other's");
        };
        assertThat(mine.claim(KEY, "mine", "dead")).isNotEqualTo("mine");
        assertThat(other.list("texts")).isEmpty();
    }

    @Test
    void claim_anotherOneThanTheOverdue_isNotMine() throws Exception {
        assertThat(other.claim(KEY, "other's", null)).isEqualTo("other's");
        assertThat(mine.claim(KEY, "mine", "dead")).isEqualTo("other's");
        otherHasIt();
    }

    @Test
    void release_anotherHasTakenItOver_leavesThatOne() throws Exception {
        assertThat(mine.claim(KEY, "mine", null)).isEqualTo("mine");
        afterLook = () -> assertThat(other.claim(KEY, "other's", "mine")).isEqualTo("other's");
        mine.release(KEY, "mine");
        otherHasIt();
        mine.release(KEY, "mine");
        otherHasIt();
    }
}
