package io.agentruntime.context;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/** All carriers of this process, found once. */
final class Carriers {

    private static final ContextCarrier[] all = find();

    private Carriers() {}

    private static ContextCarrier[] find() {
        List<ContextCarrier> found = new ArrayList<>();
        if (!(MDC.getMDCAdapter()
                instanceof NOPMDCAdapter)) { // a logging framework without an MDC has nothing to carry
            found.add(new MdcCarrier());
        }
        if (isPresent("io.micrometer.context.ContextRegistry")) {
            found.add(new MicrometerCarrier());
        }
        ServiceLoader.load(ContextCarrier.class, Carriers.class.getClassLoader())
                .forEach(found::add);
        return found.toArray(ContextCarrier[]::new);
    }

    private static boolean isPresent(String type) {
        try {
            return Class.forName(type, false, Carriers.class.getClassLoader()) != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** For the tests of this package: puts another carrier in the place of the first one, and returns that. */
    static ContextCarrier replaceFirst(ContextCarrier other) {
        ContextCarrier before = all[0];
        all[0] = other;
        return before;
    }

    /** Reads what this thread has; null, and nothing allocated, if no carrier has anything. */
    static @Nullable Object @Nullable [] capture() {
        @Nullable Object[] captured = null;
        for (int i = 0; i < all.length; i++) {
            Object value = all[i].capture();
            if (value != null) {
                captured = captured == null ? new @Nullable Object[all.length] : captured;
                captured[i] = value;
            }
        }
        return captured;
    }

    /** Gives this thread what was captured; returns how to undo it, or null if there was nothing to do. */
    static @Nullable Runnable install(@Nullable Object @Nullable [] captured) {
        if (captured == null && capture() == null) {
            return null;
        }
        Runnable[] undo = new Runnable[all.length];
        for (int i = 0; i < all.length; i++) {
            undo[i] = all[i].install(captured == null ? null : captured[i]);
        }
        return () -> {
            for (int i = undo.length - 1; i >= 0; i--) {
                undo[i].run();
            }
        };
    }

    /** Undoes an installation, and removes what the task left behind where nothing had been installed. */
    static void restore(@Nullable Runnable undo) {
        if (undo != null) {
            undo.run();
        } else if (capture() != null) {
            for (ContextCarrier carrier : all) {
                Runnable unused = carrier.install(null);
            }
        }
    }
}
