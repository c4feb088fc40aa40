package io.agentruntime.examples.documents;

import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Prints lines from any thread: results to the standard output, problems to the standard error. A line may come in pieces; whatever
 * is printed after it begins a new one.
 *
 * <p>Either the work ends with a report, or a stop from outside ends it with one last line; never both. Thread-safe.
 */
final class Console {
    /** The number of columns that the application keeps to. */
    static final int WIDTH = 100;

    private enum State {
        OPEN,
        REPORTED,
        STOPPING,
        STOPPED
    }

    private final PrintStream out;
    private final PrintStream err;
    private final ReentrantLock lock = new ReentrantLock(); // guards everything below, and keeps lines whole
    private State state = State.OPEN;
    private boolean inLine;
    private int problems;

    Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    void line(String line) {
        lock.lock();
        try {
            if (state != State.STOPPED) {
                end();
                out.println(line);
                out.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Prints a piece of a line, which may hold line breaks, unless a stop is under way. */
    void piece(String piece) {
        lock.lock();
        try {
            if (state == State.OPEN) {
                out.print(piece);
                out.flush();
                inLine = true;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the line that came in pieces, if there is one. */
    void endLine() {
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        if (inLine) {
            out.println();
            out.flush();
            inLine = false;
        }
    }

    /** Prints one line to the standard error, unless a stop is under way: it explains what did not work. */
    void problem(String problem) {
        lock.lock();
        try {
            problems++;
            if (state == State.OPEN || state == State.REPORTED) {
                end();
                err.println("error: " + Printable.line(problem));
                err.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    int problems() {
        lock.lock();
        try {
            return problems;
        } finally {
            lock.unlock();
        }
    }

    /** Prints what the work has come to, unless a stop was faster. */
    void report(List<String> lines) {
        lock.lock();
        try {
            if (state == State.OPEN) {
                state = State.REPORTED;
                end();
                lines.forEach(out::println);
                out.flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that a stop has begun, and returns true; false if there is nothing left to stop.
     *
     * @param first what must have happened when the line is read; runs under the lock of the console, so let it be short
     */
    boolean stopping(String line, Runnable first) {
        lock.lock();
        try {
            boolean open = state == State.OPEN;
            first.run();
            if (open) {
                state = State.STOPPING;
                end();
                out.println(line);
                out.flush();
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** Prints the last line of a stop; nothing comes after it. */
    void stopped(String line) {
        lock.lock();
        try {
            out.println(line);
            out.flush();
            state = State.STOPPED;
        } finally {
            lock.unlock();
        }
    }
}
