package io.agentruntime.executor;

import io.agentruntime.context.UsageContext;
import io.agentruntime.context.UsageContextAccessor;
import io.micrometer.context.ContextRegistry;
import java.util.Map;
import org.slf4j.MDC;

/**
 * Everything that code may find current on its thread.
 *
 * @param context the owner, or null
 * @param diagnostics SLF4J's
 * @param trace what stands for anything registered with Micrometer, or null
 */
record Surroundings(UsageContext context, Map<String, String> diagnostics, String trace) {

    static final Surroundings BARE = new Surroundings(null, Map.of(), null);

    private static final ThreadLocal<String> TRACE = new ThreadLocal<>();
    private static final UsageContext RUBBISH = UsageContext.of("rubbish", "left-behind");

    static void registerTrace() {
        ContextRegistry.getInstance().registerThreadLocalAccessor("oracle-trace", TRACE);
    }

    static void unregisterTrace() {
        ContextRegistry.getInstance().removeThreadLocalAccessor("oracle-trace");
    }

    static Surroundings here() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return new Surroundings(UsageContext.current().orElse(null), entries == null ? Map.of() : entries, TRACE.get());
    }

    boolean isBare() {
        return equals(BARE);
    }

    /** Makes the diagnostics and the trace, but not the owner, those of the calling thread. */
    void setCarried() {
        if (diagnostics.isEmpty()) {
            MDC.clear();
        } else {
            MDC.setContextMap(diagnostics);
        }
        TRACE.set(trace);
    }

    /** Leaves on the calling thread what nobody may ever find. */
    static void litter() {
        new UsageContextAccessor().setValue(RUBBISH);
        MDC.put("rubbish", "left behind");
        TRACE.set("rubbish");
    }
}
