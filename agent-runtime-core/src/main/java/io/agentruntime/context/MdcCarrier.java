package io.agentruntime.context;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries SLF4J's mapped diagnostic context, so that log lines of a task bear the marks of its submitter. */
final class MdcCarrier implements ContextCarrier {

    @Override
    public @Nullable Object capture() {
        Map<String, String> entries = MDC.getCopyOfContextMap();
        return entries == null || entries.isEmpty() ? null : entries;
    }

    @Override
    public Runnable install(@Nullable Object captured) {
        Object before = capture();
        set(captured);
        return () -> set(before);
    }

    @SuppressWarnings("unchecked") // what capture returned
    private static void set(@Nullable Object entries) {
        if (entries == null) {
            MDC.clear();
        } else {
            MDC.setContextMap((Map<String, String>) entries);
        }
    }
}
