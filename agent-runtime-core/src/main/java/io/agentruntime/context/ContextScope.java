package io.agentruntime.context;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stretch of one thread's work in which a {@link UsageContext} is current. Ends with {@link #close()}.
 *
 * <p>Confined to the thread, and to the task, that opened it. Four mistakes are reported: closing it twice, closing it on another
 * thread or in a task that it was handed to, closing it while scopes opened inside are still open (those are closed too), and leaving
 * it open at the end of the task that opened it. Whatever the mistake, a thread always gets back exactly what it had before.
 *
 * <p>A report is a warning in the log. In strict mode, which the system property {@code agentruntime.strictContext=true} turns on for
 * the process, it is a {@link ContextScopeException} that says where the scope was opened: use it in tests. Strict mode takes a stack
 * trace for every scope.
 */
public final class ContextScope implements AutoCloseable {

    /** The system property that turns strict mode on. */
    public static final String STRICT_PROPERTY = "agentruntime.strictContext";

    private static final Logger log = LoggerFactory.getLogger(ContextScope.class);
    private static final Set<ContextScope> openInStrictMode = ConcurrentHashMap.newKeySet();
    private static volatile boolean strict = Boolean.getBoolean(STRICT_PROPERTY);

    private final ContextFrame frame;
    private final ContextSnapshot before;
    private final @Nullable ContextScope outer;
    private final @Nullable Runnable undo;
    private final @Nullable Throwable place; // in strict mode only
    private boolean closed; // read and written by the owner only

    private ContextScope(ContextFrame frame, @Nullable Runnable undo) {
        this.frame = frame;
        this.before = frame.now;
        this.outer = frame.innermost;
        this.undo = undo;
        this.place = strict ? new OpeningPlace() : null;
    }

    static ContextScope open(@Nullable UsageContext context) {
        ContextFrame frame = ContextFrame.current();
        return open(frame, frame.now.with(context), null);
    }

    static ContextScope open(ContextSnapshot snapshot) {
        return open(ContextFrame.current(), snapshot.plain(), Carriers.install(snapshot.carried()));
    }

    private static ContextScope open(ContextFrame frame, ContextSnapshot now, @Nullable Runnable undo) {
        ContextScope scope = new ContextScope(frame, undo);
        frame.now = now;
        frame.innermost = scope;
        if (scope.place != null) {
            openInStrictMode.add(scope);
        }
        return scope;
    }

    /**
     * Restores the context that was current when this scope was opened.
     *
     * @throws ContextScopeException in strict mode, if this is one of the mistakes above; what can be restored has been
     */
    @Override
    public void close() {
        if (ContextFrame.current() != frame) {
            report("a context scope was closed on thread '" + threadName() + "', which did not open it: ignored");
        } else if (closed) {
            report("a context scope was closed twice: ignored");
        } else if (!isOpenInThisTask()) {
            report("a context scope was closed by a task on thread '" + threadName()
                    + "' that did not open it: ignored");
        } else {
            closeForGood();
        }
    }

    private void closeForGood() {
        ContextScope leftOpen = frame.innermost == this ? null : frame.innermost;
        markClosed();
        if (undo != null) {
            undo.run();
        }
        frame.now = before;
        frame.innermost = outer;
        if (leftOpen != null) {
            leftOpen.reportLeftOpen(this);
        }
    }

    private boolean isOpenInThisTask() {
        ContextScope scope = frame.innermost;
        while (scope != null && scope != this) {
            scope = scope.outer;
        }
        return scope == this;
    }

    /** Closes this scope, and those around it up to the given one, where their code has not; reports the innermost. */
    void reportLeftOpen(@Nullable ContextScope end) {
        for (ContextScope scope = this; scope != null && scope != end; scope = scope.outer) {
            scope.markClosed();
        }
        report("a context scope was left open, and was closed by what was around it");
    }

    private void markClosed() {
        closed = true;
        if (place != null) {
            openInStrictMode.remove(this);
        }
    }

    private void report(String mistake) {
        if (place != null) {
            throw new ContextScopeException(mistake, place);
        }
        log.warn("{}; -D{}=true shows where it was opened", mistake, STRICT_PROPERTY);
    }

    private static String threadName() {
        return Thread.currentThread().getName();
    }

    /**
     * Lists the scopes that are open anywhere in the process, each by the place where it was opened. For the end of a test.
     *
     * @return stack traces; always empty outside of strict mode
     */
    public static List<Throwable> openScopes() {
        return openInStrictMode.stream()
                .flatMap(scope -> Stream.ofNullable(scope.place))
                .toList();
    }

    /** For the tests of this package: changes the mode, and returns what it was. */
    static boolean strict(boolean on) {
        boolean before = strict;
        strict = on;
        return before;
    }
}
