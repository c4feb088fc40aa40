package io.agentruntime.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.lifecycle.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class QueueContextTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<String> seen = new CopyOnWriteArrayList<>();

    private static String organisation() {
        return UsageContext.current().map(UsageContext::organisation).orElse("-");
    }

    @Test
    void perEvent_eachEventInTheContextOfItsCaller() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent(
                        "test", event -> seen.add(event + organisation()))
                .build();
        enqueueFromThree(queue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(seen).containsExactly("1acme", "2-", "3other");
    }

    @Test
    void batch_eventsOfManyOwners_noContext() throws Exception {
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>builder(
                        "test", batch -> seen.add(batch + organisation()))
                .linger(Duration.ofDays(1))
                .build();
        enqueueFromThree(queue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(seen).containsExactly("[1, 2, 3]-");
    }

    @Test
    void deadLetter_contextOfTheEvent() throws Exception {
        List<Optional<UsageContext>> told = new CopyOnWriteArrayList<>();
        BackgroundQueue<Integer> queue = BackgroundQueue.<Integer>perEvent("test", event -> {
                    throw new NotRetryable();
                })
                .deadLetter(dead -> {
                    seen.add(dead.event() + organisation());
                    told.add(Optional.ofNullable(dead.context()));
                })
                .build();
        enqueueFromThree(queue);

        assertThat(queue.stop(Deadline.after(LONG))).isZero();
        assertThat(seen).containsExactly("1acme", "2-", "3other");
        assertThat(told)
                .containsExactly(
                        Optional.of(UsageContext.of("acme", "a")),
                        Optional.empty(),
                        Optional.of(UsageContext.of("other", "b")));
    }

    private static void enqueueFromThree(BackgroundQueue<Integer> queue) {
        try (ContextScope scope = UsageContext.of("acme", "a").open()) {
            queue.enqueue(1);
        }
        queue.enqueue(2);
        try (ContextScope scope = UsageContext.of("other", "b").open()) {
            queue.enqueue(3);
        }
    }

    @Test
    void envelope_everyFieldOfAContext_comesBack() throws Exception {
        EventCodec<Integer> codec = EventCodec.json(Integer.class);
        String umlauts = "Müller & Söhne \u2603";
        List<UsageContext> contexts = List.of(
                UsageContext.of("o", "f"),
                new UsageContext(umlauts, "f", "u", null, "r", Map.of()),
                new UsageContext("o", "f", null, "s", null, Map.of("a", "", umlauts, "x".repeat(100_000))));
        for (UsageContext context : contexts) {
            byte[] record = Envelope.write(new Envelope.Content<>(5, context, 17), codec);
            ListJournal journal = new ListJournal();
            journal.append(record);
            assertThat(new Records<>(journal, codec).decode(journal.read(0, 1).get(0)))
                    .isEqualTo(new Envelope.Content<>(5, context, 17));
        }
    }
}
