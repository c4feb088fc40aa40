package io.agentruntime.examples.documents;

import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.RunUsage.Request;
import io.agentruntime.examples.documents.reading.DocumentFile;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Processes many documents, some at a time, and shows how far it is. Use an instance for one run. */
final class DocumentRun {
    private static final int NAME_WIDTH = 66;

    private final Application application;
    private final DocumentPipeline pipeline;
    private final UsageContext owner;
    private final int total;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows, and keeps the lines in its order
    private int ended;
    private int complete;

    DocumentRun(Application application, UsageContext owner, int total) {
        this.application = application;
        this.pipeline = new DocumentPipeline(application);
        this.owner = owner;
        this.total = total;
        application.hook().showProgress(this::progress);
    }

    /** Processes the documents; ends early if the application is being stopped. */
    List<DocumentResult> process(List<DocumentFile> files) throws InterruptedException {
        return application.inFlight().each(files, this::begin, application.hook()::stopping);
    }

    private CompletableFuture<DocumentResult> begin(DocumentFile file) {
        long began = System.nanoTime();
        Request request = application.usage().begin(file.name());
        UsageContext asker = owner.withRequest(request.id());
        return pipeline.begin(file, asker).handle((made, failure) -> {
            application.usage().end(request);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            DocumentResult result = new DocumentResult(
                    file.name(), orEmpty(made), failure, request.tally().tokens(), took);
            application.audit().document(asker, result);
            return show(result);
        });
    }

    private DocumentResult show(DocumentResult result) {
        lock.lock();
        try {
            ended++;
            complete += result.complete() ? 1 : 0;
            if (!result.problem().isEmpty()) {
                application.console().problem(result.problem());
            }
            if (result.complete() || !application.hook().stopping()) {
                application.console().line(line(result));
            }
        } finally {
            lock.unlock();
        }
        return result;
    }

    private String line(DocumentResult result) {
        String of = Integer.toString(total);
        String name = Table.pad(Printable.line(result.name()), NAME_WIDTH);
        return String.format(Locale.ROOT, "[%" + of.length() + "d/%s] %s  %s", ended, of, name, state(result));
    }

    private static String state(DocumentResult result) {
        if (result.unchanged()) {
            return "from the cache";
        }
        return result.complete() ? "made in " + Report.seconds(result.took()) : result.cache();
    }

    private String progress() {
        lock.lock();
        try {
            return complete + " of " + Table.count(total, "document") + " complete, ";
        } finally {
            lock.unlock();
        }
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
