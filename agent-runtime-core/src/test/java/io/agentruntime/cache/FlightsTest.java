package io.agentruntime.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.StackWalker.StackFrame;
import java.time.Duration;
import java.time.InstantSource;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A source that fails must not bring back what was invalidated, at whatever moment it was asked. */
@Tag("flaw-20")
class FlightsTest {

    private static final CacheKey ID = new CacheKey("acme", "key");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final AtomicInteger asked = new AtomicInteger();
    private Runnable whenAsked = () -> {};
    private final Flights<String, String> flights =
            new Flights<>(TieredCache.<String, String>builder("texts", Runnable::run) // all at once, on this thread
                    .clocks(this::time, InstantSource.system())
                    .staleOnError(Duration.ofHours(1), Duration.ofNanos(1))
                    .settings());
    private final Source<String, String> failing = new Source.Single<>(key -> {
        asked.incrementAndGet();
        throw new IllegalStateException("down");
    });

    private long time() {
        if (StackWalker.getInstance().walk(FlightsTest::isStepOfTheMap)) {
            whenAsked.run();
        }
        return System.nanoTime();
    }

    /** Whether the time is asked for where a search enters the map, by no other map. */
    private static boolean isStepOfTheMap(Stream<StackFrame> frames) {
        return frames.skip(1)
                .dropWhile(frame -> !frame.getMethodName().startsWith("now"))
                .skip(1)
                .limit(1)
                .anyMatch(frame -> frame.getMethodName().startsWith("lambda$join"));
    }

    /** A value that is not as good as new, but good enough in place of a source that fails. */
    private static Held<String> staleValue(Set<String> tags) {
        long now = System.nanoTime();
        return new Held<>("old", null, tags, 1, new Lifetime(true, now, true, now, now + HOUR));
    }

    @Test
    void join_sourceFails_keepsTheLastValue() {
        flights.memory.put(ID, staleValue(Set.of()));
        assertThat(flights.join(ID, "key", failing)).isNotNull();
        assertThat(flights.memory.find(ID)).isNotNull();
        assertThat(asked).hasValue(1);
    }

    @Test
    void refresh_ofWhatWasInvalidatedMeanwhile_isNotBegun() {
        Held<String> seen = staleValue(Set.of());
        flights.memory.put(ID, seen);
        flights.invalidate(ID, null);
        flights.refresh(ID, "key", seen, failing);
        assertThat(asked).hasValue(0);
        assertThat(flights.memory.find(ID)).isNull();
    }

    @Test
    void join_whileMemoryIsBeingSwept_doesNotFallBackOnWhatIsStillThere() {
        flights.memory.put(ID, staleValue(new Tags(() -> flights.join(ID, "key", failing))));
        Sweep sweep = flights.invalidate("acme", "tag");
        assertThat(sweep.tag()).isEqualTo("tag");
        assertThat(asked).as("asked in the middle of it").hasValue(1);
        assertThat(flights.memory.find(ID)).isNull();
    }

    @Test
    void join_sweptWhileItEntersTheMap_doesNotFallBackOnWhatIsGone() {
        flights.memory.put(ID, staleValue(new Tags(() -> {})));
        whenAsked = () -> { // in the map's own step, where no sweep can find the search yet
            whenAsked = () -> {};
            Sweep unused = flights.invalidate("acme", "tag");
        };
        assertThat(flights.join(ID, "key", failing)).isNotNull();
        assertThat(asked).hasValue(1);
        assertThat(flights.memory.find(ID)).isNull();
    }

    /** Has every tag, and does something when it is first asked. */
    private static final class Tags extends AbstractSet<String> {

        private final Runnable first;
        private boolean done;

        Tags(Runnable first) {
            this.first = first;
        }

        @Override
        public boolean contains(Object tag) {
            if (!done) {
                done = true;
                first.run();
            }
            return true;
        }

        @Override
        public Iterator<String> iterator() {
            return Set.of("tag").iterator();
        }

        @Override
        public int size() {
            return 1;
        }
    }
}
