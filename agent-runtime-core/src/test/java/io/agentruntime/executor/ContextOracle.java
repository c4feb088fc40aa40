package io.agentruntime.executor;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.UsageContext;
import io.agentruntime.context.UsageContextAccessor;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.MDC;

/**
 * Knows what each piece of code that is handed over has to see: what was current where it was handed over. Some pieces leave rubbish
 * behind, which nobody may ever find.
 */
final class ContextOracle {

    private static final UsageContext RUBBISH = UsageContext.of("rubbish", "left-behind");

    private final Queue<String> mismatches = new ConcurrentLinkedQueue<>();
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong owners = new AtomicLong();
    private final AtomicLong seen = new AtomicLong();

    Queue<String> mismatches() {
        return mismatches;
    }

    long handedOver() {
        return handedOver.get();
    }

    long seen() {
        return seen.get();
    }

    /** Runs the body as the code of an owner that nobody else is. */
    <T> T asNewOwner(Callable<T> body) throws Exception {
        long number = owners.incrementAndGet();
        Map<String, String> before = diagnosticsHere();
        UsageContext owner = UsageContext.of("org-" + number % 7, "oracle").withRequest("r-" + number);
        try (ContextScope scope = owner.openReplacing()) {
            MDC.setContextMap(Map.of("request", "r-" + number));
            return body.call();
        } finally {
            MDC.setContextMap(before);
        }
    }

    /** Makes a piece of code to be handed over here and now. */
    Piece piece(String entryPoint) {
        return new Piece(entryPoint);
    }

    void expectRan(Piece piece) {
        int runs = piece.runs.get();
        if (runs != 1) {
            mismatches.add(piece.entryPoint + " ran " + runs + " times");
        }
    }

    private static Map<String, String> diagnosticsHere() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null ? Map.of() : entries;
    }

    /** Code that looks at what is current where it runs. */
    final class Piece {

        private final String entryPoint;
        private final UsageContext context;
        private final Map<String, String> diagnostics;
        private final boolean untidy;
        private final AtomicInteger runs = new AtomicInteger();

        Piece(String entryPoint) {
            this.entryPoint = entryPoint;
            this.context = UsageContext.current().orElse(null);
            this.diagnostics = diagnosticsHere();
            this.untidy = handedOver.incrementAndGet() % 3 == 0;
        }

        Integer see() {
            look();
            if (untidy) {
                new UsageContextAccessor().setValue(RUBBISH);
                MDC.put("rubbish", "left behind");
            }
            return 1;
        }

        /** Looks without leaving anything, for code that goes on afterwards. */
        void look() {
            runs.incrementAndGet();
            seen.incrementAndGet();
            UsageContext current = UsageContext.current().orElse(null);
            Map<String, String> currentDiagnostics = diagnosticsHere();
            if (!Objects.equals(current, context) || !currentDiagnostics.equals(diagnostics)) {
                mismatches.add(entryPoint + " on '" + Thread.currentThread().getName() + "' saw " + current + " and "
                        + currentDiagnostics + " instead of " + context + " and " + diagnostics);
            }
        }
    }
}
