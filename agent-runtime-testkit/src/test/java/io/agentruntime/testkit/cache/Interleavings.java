package io.agentruntime.testkit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs some threads one at a time, each from one {@link #point} to its next, in every order that there is: depth first over the choice
 * of who goes on.
 *
 * <p>Threads must not wait for each other but at a point, nor stand at a point with a lock that another one wants: the search fails then,
 * after a minute.
 */
final class Interleavings implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private static final ThreadLocal<Member> CURRENT = new ThreadLocal<>();
    private final Semaphore over = new Semaphore(0);
    private final List<Choice> path = new ArrayList<>(); // this and all below is of whoever has the turn
    private final List<Member> waiting = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private Runnable afterEachStep = () -> {};
    private int depth;
    private Throwable failure;
    private Random chance; // if not every order is tried

    /** Who goes on, of how many. */
    private static final class Choice {
        private int taken;
        private final int of;

        Choice(int of) {
            this.of = of;
        }
    }

    /** A thread of the search: what it has to do, and when it has begun, what it waits for. */
    private static final class Member {
        private final String name;
        private final Runnable action;
        private final Semaphore turn = new Semaphore(0);
        private String at = "its beginning";
        private boolean begun;

        Member(String name, Runnable action) {
            this.name = name;
            this.action = action;
        }
    }

    /** Runs a scenario once for each order, and tells how many there were. */
    int all(Consumer<Interleavings> scenario) {
        int count = 0;
        do {
            depth = 0;
            trace.clear();
            try {
                scenario.accept(this);
            } catch (Throwable e) {
                throw new AssertionError("in order number " + (count + 1) + ": " + String.join("; ", trace), e);
            }
            count++;
        } while (advance());
        return count;
    }

    /** Runs a scenario so many times, each time in an order that comes by chance. */
    void some(int count, long seed, Consumer<Interleavings> scenario) {
        chance = new Random(seed);
        for (int i = 1; i <= count; i++) {
            trace.clear();
            try {
                scenario.accept(this);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", order number " + i + ": " + String.join("; ", trace), e);
            }
        }
    }

    private boolean advance() {
        while (!path.isEmpty()) {
            Choice last = path.get(path.size() - 1);
            if (++last.taken < last.of) {
                return true;
            }
            path.remove(path.size() - 1);
        }
        return false;
    }

    /** Adds a thread, which begins when it is its turn. */
    void add(String name, Runnable action) {
        waiting.add(new Member(name, action));
    }

    /** Checks something between any two steps. */
    void afterEachStep(Runnable check) {
        afterEachStep = check;
    }

    /** Makes each task a thread of the search; runs it at once if the search has not begun, or has ended. */
    Executor executor() {
        return task -> {
            Member member = CURRENT.get();
            if (member == null) {
                task.run();
            } else {
                add("task of " + member.name, task);
            }
        };
    }

    /** Lets others go on before this thread does; nothing outside of the search. */
    void point(String at) {
        Member member = CURRENT.get();
        if (member == null) {
            return;
        }
        member.at = at;
        waiting.add(member);
        Member next = next();
        if (next != member) {
            goOn(next);
            awaitTurn(member);
        }
    }

    /** An interrupt of whoever is searched is nothing to the order: it is seen when the thread goes on. */
    private void awaitTurn(Member member) {
        boolean interrupted = false;
        while (true) {
            try {
                member.turn.acquire();
                break;
            } catch (InterruptedException e) {
                if (threads.isShutdown()) {
                    throw new IllegalStateException("the search is over", e);
                }
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs the threads that were added, and those that they add, to their end. */
    void run() {
        threads.execute(this::goOn);
        try {
            if (!over.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("a thread waits, and not at a point");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        afterEachStep = () -> {};
        if (failure != null) {
            throw new AssertionError("a thread failed", failure);
        }
    }

    /** Runs one thread after the other, until one that has begun is to go on: it has a stack of its own. */
    private void goOn() {
        Member next = next();
        while (next != null && !next.begun) {
            run(next);
            next = next();
        }
        if (next == null) {
            over.release();
        } else {
            next.turn.release();
        }
    }

    private void goOn(Member next) {
        if (next == null) {
            over.release();
        } else if (next.begun) {
            next.turn.release();
        } else {
            threads.execute(() -> {
                run(next);
                goOn();
            });
        }
    }

    private void run(Member member) {
        member.begun = true;
        CURRENT.set(member);
        try {
            member.action.run();
        } catch (Throwable e) {
            failure = e;
        } finally {
            CURRENT.remove();
            boolean unused = Thread.interrupted(); // the next one on this thread has nothing to do with it
        }
    }

    /** Chooses who goes on; null if nobody is left, or something went wrong. */
    private Member next() {
        Member member = CURRENT.get();
        CURRENT.remove();
        try {
            afterEachStep.run();
            if (failure != null || waiting.isEmpty()) {
                return null;
            }
            Member next = waiting.remove(choose(waiting.size()));
            trace.add(next.name + " from " + next.at);
            return next;
        } catch (Throwable e) {
            failure = e;
            return null;
        } finally {
            CURRENT.set(member);
        }
    }

    private int choose(int of) {
        if (chance != null) {
            return chance.nextInt(of);
        }
        if (depth == path.size()) {
            path.add(new Choice(of));
        }
        Choice choice = path.get(depth++);
        if (choice.of != of) {
            throw new AssertionError("the same choices led to " + choice.of + " threads before, and now to " + of);
        }
        return choice.taken;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
