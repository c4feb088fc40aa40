package io.agentruntime.benchmarks.queue;

import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.AsyncAppenderBase;
import ch.qos.logback.core.ContextBase;

/** Logback's queue before an appender that does nothing. */
final class Appenders {

    private Appenders() {}

    static AsyncAppenderBase<Object> start(int capacity) {
        ContextBase context = new ContextBase();
        AppenderBase<Object> nowhere = new AppenderBase<>() {
            @Override
            protected void append(Object event) {}
        };
        nowhere.setContext(context);
        nowhere.start();
        AsyncAppenderBase<Object> async = new AsyncAppenderBase<>();
        async.setContext(context);
        async.setQueueSize(capacity);
        async.setNeverBlock(true);
        async.addAppender(nowhere);
        async.start();
        return async;
    }
}
