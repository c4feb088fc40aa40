package io.agentruntime.testkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.cache.CacheLoadException;
import io.agentruntime.cache.Caches;
import io.agentruntime.cache.FileCache;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.testkit.ManualTicker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCacheTest {

    private static final Instant WRITTEN = Instant.parse("2025-12-31T12:00:00Z");

    @TempDir
    private Path folder;

    private final ManualTicker clock = new ManualTicker();
    private final AtomicInteger reads = new AtomicInteger();
    private final FileCache<String> cache = FileCache.create(Runnable::run, 1_000_000, clock);
    private ContextScope scope;

    @BeforeEach
    void openContext() {
        scope = UsageContext.of("acme", "test").open();
    }

    @AfterEach
    void closeContext() {
        scope.close();
    }

    private Path write(String content, Instant modified) throws IOException {
        Path file = folder.resolve("data.csv");
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.from(modified));
        return file;
    }

    private String read(Path file) throws IOException {
        reads.incrementAndGet();
        return Files.readString(file);
    }

    @Test
    void get_unchanged_isReadOnce() throws IOException {
        Path file = write("v1", WRITTEN);
        assertThat(cache.get(file, this::read)).isEqualTo("v1");
        assertThat(cache.get(folder.resolve("./x/../data.csv"), this::read)).isEqualTo("v1");
        assertThat(reads).hasValue(1);
    }

    @Test
    @Tag("flaw-20")
    void get_changed_isReadAgainAndTheOldOneIsGone() throws IOException {
        Path file = write("v1", WRITTEN);
        cache.get(file, this::read);
        write("v2", WRITTEN.plusSeconds(1));
        assertThat(cache.get(file, this::read)).isEqualTo("v2");
        assertThat(cache.statistics().size()).isEqualTo(1);
    }

    @Test
    @Tag("flaw-20")
    void get_changedWithinTheGrainOfTheClock_isReadAgain() throws IOException {
        Path file = write("v1", clock.instant());
        assertThat(cache.get(file, this::read)).isEqualTo("v1");
        write("v2", clock.instant());
        assertThat(cache.get(file, this::read)).isEqualTo("v2");
    }

    @Test
    @Tag("flaw-30")
    void get_touchedOnly_isNotReadAgain() throws IOException {
        Path file = write("v1", WRITTEN);
        cache.get(file, this::read);
        write("v1", WRITTEN.plusSeconds(1));
        assertThat(cache.get(file, this::read)).isEqualTo("v1");
        assertThat(reads).hasValue(1);
    }

    @Test
    void get_changesWhileItIsRead_isNotKept() throws IOException {
        Path file = write("v1", WRITTEN);
        String mixed = cache.get(file, path -> {
            String before = read(path);
            write("version 2", WRITTEN.plusSeconds(1));
            return before;
        });
        assertThat(mixed).isEqualTo("v1");
        write("v1", WRITTEN);
        assertThat(cache.get(file, path -> "again")).isEqualTo("again");
    }

    @Test
    @Tag("flaw-24")
    void get_otherOrganisation_readsItsOwn() throws IOException {
        Path file = write("v1", WRITTEN);
        cache.get(file, this::read);
        try (ContextScope other = UsageContext.of("other", "test").openReplacing()) {
            assertThat(cache.get(file, path -> "other's")).isEqualTo("other's");
        }
        cache.clear();
        assertThat(cache.get(file, path -> "after clear")).isEqualTo("after clear");
    }

    @Test
    @Tag("flaw-21")
    void files_areBoundedInNumberAndBytes() throws IOException {
        for (int i = 0; i < 120; i++) {
            Path file = Files.write(folder.resolve("small" + i), new byte[] {(byte) i});
            cache.get(file, path -> "small");
            assertThat(cache.statistics().size()).isLessThanOrEqualTo(50);
        }
        FileCache<String> other = FileCache.create(Runnable::run, 1_000_000, clock);
        for (int i = 0; i < 10; i++) {
            byte[] content = new byte[400_000];
            content[0] = (byte) i;
            other.get(Files.write(folder.resolve("large" + i), content), path -> "large");
            assertThat(other.statistics().size()).isLessThanOrEqualTo(2);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> FileCache.create(Runnable::run, 0, clock));
    }

    @Test
    void get_noFileOrNoReading_fails() throws IOException {
        assertThatThrownBy(() -> cache.get(folder.resolve("none"), this::read)).isInstanceOf(NoSuchFileException.class);
        Path file = write("v1", WRITTEN);
        assertThatThrownBy(() -> cache.get(file, path -> {
                    throw new IOException("not a table");
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("not a table");
    }

    @Test
    void readyBuilders_haveTheirBoundsAndTimes() {
        TieredCache<Integer, Integer> answers =
                Caches.<Integer, Integer>sessionResponses(Runnable::run).build();
        TieredCache<Integer, Integer> tiers =
                Caches.<Integer, Integer>tierConfiguration(Runnable::run).build();
        for (int i = 0; i < 100; i++) {
            answers.get(i, key -> key);
            tiers.get(i, key -> key);
        }
        assertThat(answers.statistics().size()).isEqualTo(10);
        assertThat(tiers.statistics().size()).isEqualTo(10);
        assertThat(lasts(Caches.<Integer, Integer>quotas(Runnable::run), Duration.ofSeconds(60)))
                .isTrue();
        assertThat(lasts(Caches.<Integer, Integer>storeMetadata(Runnable::run), Duration.ofMinutes(5)))
                .isTrue();
        assertThat(lasts(Caches.<Integer, Integer>tierConfiguration(Runnable::run), Duration.ofHours(1)))
                .isTrue();
    }

    private boolean lasts(io.agentruntime.cache.TieredCacheBuilder<Integer, Integer> builder, Duration time) {
        TieredCache<Integer, Integer> timed =
                builder.jitter(0).clocks(clock, clock).build();
        timed.get(1, key -> key);
        clock.advance(time.minusNanos(1));
        boolean before = timed.getIfPresent(1).isPresent();
        clock.advance(Duration.ofNanos(1));
        return before && timed.getIfPresent(1).isEmpty();
    }
}
