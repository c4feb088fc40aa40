package io.agentruntime.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.AgentRuntime;
import io.agentruntime.cache.CacheCodec;
import io.agentruntime.cache.CacheTier;
import io.agentruntime.cache.TieredCache;
import io.agentruntime.context.UsageContext;
import io.agentruntime.gcs.GcsBlobStore;
import io.agentruntime.gcs.GcsSettings;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.testkit.gcs.GcsServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The piece of the README on the cache: the same statements, run over a folder and a bucket. */
class ReadmeCachePiecesTest {

    @TempDir
    Path folder;

    private final Directory directory = new Directory();

    record Profile(String name) {}

    private static final class Directory {

        private final AtomicInteger asked = new AtomicInteger();

        private Profile readProfile(String name) {
            return new Profile(name + " " + asked.incrementAndGet());
        }
    }

    @Test
    void readme_itsPiece_isThatOfThisTest() throws IOException {
        ReadmePieces.assertIn(ReadmeCachePiecesTest.class, "A cache in three tiers", 1);
    }

    @Test
    void threeTiers() throws Exception {
        try (GcsServer server = GcsServer.start("profiles");
                GcsBlobStore bucket = GcsBlobStore.open(
                        URI.create("gs://profiles"), GcsSettings.create().withEndpoint(server.endpoint()));
                AgentRuntime runtime = AgentRuntime.builder().build().start();
                var scope = UsageContext.of("acme", "profiles").open()) {
            BlobStore disk = BlobStore.inDirectory(folder);
            TieredCache<String, Profile> profiles = runtime.<String, Profile>cache("profiles")
                    .maximumSize(10_000)
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .tier(CacheTier.on(disk, "cache"), Duration.ofHours(1), Duration.ofMillis(200))
                    .tier(CacheTier.on(bucket, "cache"), Duration.ofDays(7), Duration.ofSeconds(2))
                    .codec(CacheCodec.json(Profile.class))
                    .staleOnError(Duration.ofDays(1), Duration.ofSeconds(30))
                    .softTimeout(Duration.ofMillis(500))
                    .build();
            Profile profile = profiles.get("ann", directory::readProfile);
            profiles.invalidate("ann").join();

            assertThat(profile.name()).isEqualTo("ann 1");
            assertThat(profiles.get("ann", directory::readProfile).name()).isEqualTo("ann 2");
            assertThat(profiles.get("ann", directory::readProfile).name()).isEqualTo("ann 2");
            profiles.put("ben", new Profile("ben")).join();
            assertThat(disk.list()).isNotEmpty();
            assertThat(server.names()).isNotEmpty();
            profiles.clear().join();
            assertThat(disk.list()).isEmpty();
            assertThat(server.names()).isEmpty();
        }
    }
}
