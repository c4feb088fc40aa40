package io.agentruntime.benchmarks.queue;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** OpenTelemetry's queue before an exporter that does nothing, and one ended span to offer it. */
record Telemetry(BatchSpanProcessor processor, ReadableSpan span) {

    static Telemetry start(int capacity, int batchSize) {
        BatchSpanProcessor processor = BatchSpanProcessor.builder(new Nowhere())
                .setMaxQueueSize(capacity)
                .setMaxExportBatchSize(batchSize)
                .build();
        var span = SdkTracerProvider.builder()
                .addSpanProcessor(processor) // without one there are no spans to read
                .build()
                .get("bench")
                .spanBuilder("event")
                .startSpan();
        span.end();
        return new Telemetry(processor, (ReadableSpan) span);
    }

    void offer() {
        processor.onEnd(span);
    }

    void stop() {
        processor.shutdown().join(10, TimeUnit.SECONDS);
    }

    private static final class Nowhere implements SpanExporter {

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
