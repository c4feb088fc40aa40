package io.agentruntime.context;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context-propagation, and with it Reactor, Spring and whoever else uses it, carry the {@link UsageContext} across
 * their own threads. Found by that library's {@link java.util.ServiceLoader}; not for use by hand. Stateless and thread-safe.
 */
public final class UsageContextAccessor implements ThreadLocalAccessor<UsageContext> {

    /** The key under which the context stands in Micrometer's snapshots and in Reactor's context. */
    public static final String KEY = "io.agentruntime.usage-context";

    /** Made by the service loader. */
    public UsageContextAccessor() {}

    @Override
    public Object key() {
        return KEY;
    }

    @Override
    public @Nullable UsageContext getValue() {
        return ContextFrame.current().now.context;
    }

    @Override
    public void setValue(UsageContext value) {
        set(value);
    }

    @Override
    public void setValue() {
        set(null);
    }

    private static void set(@Nullable UsageContext value) {
        ContextFrame frame = ContextFrame.current();
        frame.now = frame.now.with(value);
    }
}
