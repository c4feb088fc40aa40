package io.agentruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import io.agentruntime.cache.Envelope.Stamp;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is noted, told and told again, and what a reader sees of the tier meanwhile. */
@Tag("flaw-20")
class LowerTierTest {

    private static final Address KEY = Address.of("texts", "acme", "key");
    private static final Address OTHER = Address.of("texts", "acme", "other");

    private final Store store = new Store();
    private final LowerTier lower = new LowerTier(
            new LowerTier.Use(store, null, null, false),
            new LowerTier.Place(
                    "texts", Runnable::run, null, Ticker.systemTicker(), new Seal(null), new Reporter("texts", null)));

    private static Envelope old(Address address) {
        return new Envelope(
                address, new Stamp(1, 0), Envelope.NEVER, new Envelope.Content(new byte[] {1}, Set.of("tag")));
    }

    private static Sweep sweep(String tag) {
        return new Sweep("texts", "acme", tag, new Stamp(1, 1));
    }

    private boolean isServed(Address address) {
        return lower.read(address).join().isPresent();
    }

    @Test
    void retry_duringAnInvalidationWhoseNotesStand_tellsTheTierNotOfIt() {
        lower.note(OTHER.path(), old(OTHER));
        store.broken = true;
        assertThat(lower.tell(OTHER.path())).isCompletedExceptionally();
        store.broken = false;
        lower.note(KEY.path(), old(KEY));
        Sweep sweep = sweep("tag");
        store.beforePut =
                () -> { // a store that began before the invalidation, and lands before the notes are looked through
                    lower.note(sweep);
                    boolean unused = isServed(
                            Address.of("texts", "acme", "third")); // the tier works again: what it missed is told
                };
        assertThat(lower.tell(KEY.path())).isCompleted();
        assertThat(store.entries).containsKey(KEY.path());
        lower.applyToNotes(sweep);
        assertThat(isServed(KEY)).as("asked before the tier is told").isFalse();
        assertThat(lower.tell(sweep)).isCompleted();
        assertThat(store.entries).isEmpty();
    }

    @Test
    void tell_storeUnderWay_endsWhenTheTierHasDoneBoth() {
        lower.note(KEY.path(), old(KEY));
        CompletableFuture<?>[] removal = new CompletableFuture<?>[1];
        store.beforePut = () -> {
            lower.note(KEY.path(), null);
            removal[0] = lower.tell(KEY.path());
            assertThat(removal[0]).isNotDone();
        };
        store.afterDelete = () -> assertThat(removal[0]).isNotDone();
        assertThat(lower.tell(KEY.path())).isCompleted();
        assertThat(removal[0]).isCompleted();
        assertThat(store.entries).isEmpty();
    }

    @Test
    void tellOfASweep_storeUnderWay_endsWhenTheTierHasDoneBoth() {
        for (String tag : new String[] {"tag", null}) {
            lower.note(KEY.path(), old(KEY));
            CompletableFuture<?>[] removal = new CompletableFuture<?>[1];
            store.beforePut = () -> {
                Sweep sweep = sweep(tag);
                lower.note(sweep);
                lower.applyToNotes(sweep);
                removal[0] = lower.tell(sweep);
                assertThat(removal[0]).isNotDone();
            };
            assertThat(lower.tell(KEY.path())).isCompleted();
            assertThat(removal[0]).isCompleted();
            assertThat(store.entries).isEmpty();
        }
    }

    @Test
    void tell_storeUnderWayFails_whoWaitsForTheRemovalHearsOfIt() {
        lower.note(KEY.path(), old(KEY));
        CompletableFuture<?>[] removal = new CompletableFuture<?>[1];
        store.beforePut = () -> {
            lower.note(KEY.path(), null);
            removal[0] = lower.tell(KEY.path());
            store.broken = true;
        };
        assertThat(lower.tell(KEY.path())).isCompletedExceptionally();
        assertThat(removal[0]).isCompletedExceptionally();
        store.broken = false;
        assertThat(lower.tell(KEY.path())).as("told again").isCompleted();
    }

    /** Does something in the middle of its calls, once. */
    private static final class Store implements CacheTier {

        private final Map<String, byte[]> entries = new ConcurrentHashMap<>();
        private Runnable beforePut = () -> {};
        private Runnable afterDelete = () -> {};
        private boolean broken;

        private void check() throws IOException {
            if (broken) {
                throw new IOException("down");
            }
        }

        @Override
        public Optional<byte[]> get(String key) throws IOException {
            check();
            return Optional.ofNullable(entries.get(key));
        }

        @Override
        public void put(String key, byte[] entry, Instant useless) throws IOException {
            Runnable first = beforePut;
            beforePut = () -> {};
            first.run();
            check();
            entries.put(key, entry);
        }

        @Override
        public void delete(String key) throws IOException {
            check();
            entries.remove(key);
            afterDelete.run();
        }

        @Override
        public List<String> list(String folder) throws IOException {
            check();
            return List.copyOf(entries.keySet());
        }
    }
}
