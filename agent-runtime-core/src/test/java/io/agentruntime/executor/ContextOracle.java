package io.agentruntime.executor;

import io.agentruntime.context.ContextScope;
import io.agentruntime.context.ContextSnapshot;
import io.agentruntime.context.UsageContext;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Knows what each piece of code that is handed over has to see: what was current where it was handed over, be it something or
 * nothing. Some pieces leave rubbish behind, which nobody may ever find.
 */
final class ContextOracle {

    private final ContextSnapshot nothing = ContextSnapshot.capture();
    private final Queue<String> mismatches = new ConcurrentLinkedQueue<>();
    private final AtomicLong handedOver = new AtomicLong();
    private final AtomicLong owners = new AtomicLong();
    private final Map<String, LongAdder> seen = new ConcurrentHashMap<>();

    Queue<String> mismatches() {
        return mismatches;
    }

    long handedOver() {
        return handedOver.get();
    }

    long seen() {
        return seen.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Tells how often a piece was run that had been handed over in this way. */
    long seen(String entryPoint) {
        LongAdder count = seen.get(entryPoint);
        return count == null ? 0 : count.sum();
    }

    /** Runs the body as the code of an owner that nobody else is, or of nobody. */
    <T> T asNewOwner(Callable<T> body) throws Exception {
        Surroundings before = Surroundings.here();
        Surroundings own = newSurroundings(owners.incrementAndGet());
        T result;
        try (ContextScope hidden = nothing.open();
                ContextScope scope =
                        own.context() == null ? null : own.context().open()) {
            own.setCarried();
            result = body.call();
            expect("whoever hands over", own);
        } finally {
            before.setCarried();
        }
        expect("whoever was there before", before);
        return result;
    }

    private static Surroundings newSurroundings(long number) {
        UsageContext owner = UsageContext.of("org-" + number % 7, "oracle").withRequest("r-" + number);
        return new Surroundings(
                number % 5 == 0 ? null : owner,
                number % 3 == 0 ? Map.of() : Map.of("request", "r-" + number),
                number % 4 == 0 ? "t-" + number : null);
    }

    private void expect(String who, Surroundings expected) {
        Surroundings here = Surroundings.here();
        if (!here.equals(expected)) {
            mismatches.add(
                    who + " on '" + Thread.currentThread().getName() + "' saw " + here + " instead of " + expected);
        }
    }

    /** Makes a piece of code to be handed over here and now. */
    Piece piece(String entryPoint) {
        return new Piece(entryPoint);
    }

    void expectRan(Piece piece) {
        expectRuns(piece, 1, 1);
    }

    void expectRuns(Piece piece, int atLeast, int atMost) {
        int runs = piece.runs.get();
        if (runs < atLeast || runs > atMost) {
            mismatches.add(piece.entryPoint + " ran " + runs + " times, not " + atLeast + " to " + atMost);
        }
    }

    /** Code that looks at what is current where it runs. */
    final class Piece {

        private final String entryPoint;
        private final Surroundings surroundings = Surroundings.here();
        private final boolean untidy;
        private final AtomicInteger runs = new AtomicInteger();

        Piece(String entryPoint) {
            this.entryPoint = entryPoint;
            this.untidy = handedOver.incrementAndGet() % 3 == 0;
        }

        Integer see() {
            look();
            if (untidy) {
                Surroundings.litter();
            }
            return 1;
        }

        /** Sees, and then fails as it was asked to. */
        Integer fail() {
            see();
            throw new AskedForException();
        }

        /** Looks without leaving anything, for code that goes on afterwards. */
        void look() {
            runs.incrementAndGet();
            seen.computeIfAbsent(entryPoint, name -> new LongAdder()).increment();
            expect(entryPoint, surroundings);
        }
    }

    /** The failure of a piece that was to fail. */
    static final class AskedForException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        AskedForException() {
            super("asked for");
        }
    }
}
