package io.agentruntime.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.usage.UsageEvent;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process writes batches and is killed at some moment, over and over, on the same file. */
class DuckDbUsageStoreCrashTest {

    private static final int ROUNDS = 20;

    @TempDir
    private Path folder;

    @Test
    @Tag("flaw-51")
    void store_killedInTheMiddle_keepsAcknowledgedBatchesOnceAndOthersWholeOrNotAtAll() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        ChildProcess child = ChildProcess.prepare(folder);
        Path file = folder.resolve("usage.duckdb");
        int acknowledged = 0;
        for (int round = 0; round < ROUNDS; round++) {
            // the batch that was under way at the end of the last round is stored again by this one
            Process process = child.start(UsageWriter.class, "write", file.toString(), Integer.toString(acknowledged));
            List<String> printed = ChildProcess.killAfter(process, "", 1 + random.nextInt(15));
            acknowledged = Integer.parseInt(printed.get(printed.size() - 1));
            assertBatches(file, acknowledged, "seed " + seed + ", round " + round);
        }
    }

    private static void assertBatches(Path file, int acknowledged, String when) throws Exception {
        List<UUID> stored;
        try (DuckDbUsageStore store = DuckDbUsageStore.open(file)) {
            stored = store.events().stream().map(UsageEvent::id).toList();
        }
        Set<UUID> expected = ids(acknowledged);
        Set<UUID> orOneMore = ids(acknowledged + 1);
        assertThat(stored).as(when).doesNotHaveDuplicates();
        assertThat(new HashSet<>(stored)).as(when).isIn(expected, orOneMore);
    }

    private static Set<UUID> ids(int batches) {
        Set<UUID> ids = new HashSet<>();
        for (int batch = 0; batch < batches; batch++) {
            ids.addAll(UsageWriter.batch(batch).stream().map(UsageEvent::id).collect(Collectors.toSet()));
        }
        return ids;
    }
}
