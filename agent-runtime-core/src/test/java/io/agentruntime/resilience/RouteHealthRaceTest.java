package io.agentruntime.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentruntime.resilience.RouteHealth.Admission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("flaw-61")
class RouteHealthRaceTest {

    /** Eight threads come for a route at the moment when it is due: one gets it. */
    @Test
    void probe_whenManyCome_isOne() throws Exception {
        int rounds = 2_000;
        int threads = 8;
        List<RouteHealth> routes = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            RouteHealth health = new RouteHealth(1, Duration.ofNanos(100));
            Admission entry = health.tryEnter(0);
            assertThat(health.unavailable(entry, 0, false, null)).isEqualTo(Duration.ofNanos(100));
            assertThat(health.tryEnter(99)).isNull();
            routes.add(health);
        }
        CyclicBarrier round = new CyclicBarrier(threads);
        List<Queue<Admission>> entered = new ArrayList<>();
        routes.forEach(route -> entered.add(new ConcurrentLinkedQueue<>()));
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    try {
                        round.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    Admission entry = routes.get(i).tryEnter(100);
                    if (entry != null) {
                        entered.get(i).add(entry);
                    }
                }
            });
            thread.start();
            all.add(thread);
        }
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(entered).allSatisfy(entries -> assertThat(entries).containsExactly(new Admission(1, true)));
    }
}
