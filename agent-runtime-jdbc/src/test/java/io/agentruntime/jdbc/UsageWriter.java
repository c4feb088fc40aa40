package io.agentruntime.jdbc;

import io.agentruntime.context.UsageContext;
import io.agentruntime.usage.TokenCounts;
import io.agentruntime.usage.UsageEvent;
import io.agentruntime.usage.UsageQuality;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Another process with a usage store: it writes batches until it is killed, or holds the file until it is killed. */
final class UsageWriter {

    private static final int BATCH = 50;

    private UsageWriter() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        DuckDbUsageStore store = DuckDbUsageStore.open(Path.of(arguments[1]));
        store.start();
        if (arguments[0].equals("hold")) {
            System.out.println("holding");
            System.in.read();
            return;
        }
        for (int number = Integer.parseInt(arguments[2]); ; number++) {
            store.store(batch(number));
            System.out.println(number + 1);
        }
    }

    /** Gives the same events for the same number. */
    static List<UsageEvent> batch(int number) {
        List<UsageEvent> events = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            events.add(event(number, i));
        }
        return events;
    }

    /** Gives the same event for the same numbers, which are its id. */
    static UsageEvent event(long group, long number) {
        return UsageEvent.builder(new UUID(group, number), Instant.EPOCH.plusSeconds(group))
                .owner(UsageContext.of("acme", "feature " + number % 3)
                        .withUser("user")
                        .withRequest("request " + number)
                        .withMetadata("batch", "" + group))
                .provider("open_ai")
                .requestedModel("some-model")
                .tokens(TokenCounts.of(number, 1), UsageQuality.REPORTED)
                .build();
    }
}
