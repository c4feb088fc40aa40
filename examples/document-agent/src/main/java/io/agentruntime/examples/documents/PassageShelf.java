package io.agentruntime.examples.documents;

import io.agentruntime.cache.Content;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.embedded.PassageIndex;
import io.agentruntime.examples.documents.prompts.Passage;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gives the passages of documents: made once per document on the query pool, and kept in the content cache. */
final class PassageShelf {
    private static final ContentKind<PassageList> KIND =
            ContentKind.of("passages", PassageList.class).withVariant("all-minilm-l6-v2-q, 1");

    private final Application application;
    private final Pools pools;
    private final ContentCache cache;
    private final UsageContext owner;

    PassageShelf(Application application, UsageContext owner) {
        this.application = application;
        this.pools = application.pools();
        this.cache = application.runtime().content();
        this.owner = owner;
    }

    /** Gives the passages of all documents; only the calling thread waits. */
    List<Passage> passages(List<StoredDocument> documents) throws InterruptedException {
        return application.inFlight().each(documents, this::passages, application.hook()::stopping).stream()
                .flatMap(list -> list.passages().stream())
                .toList();
    }

    private CompletableFuture<PassageList> passages(StoredDocument document) {
        return pools.io(owner, () -> cache.find(document.source(), KIND))
                .thenCompose(found -> found.map(Content::value)
                        .map(CompletableFuture::completedFuture)
                        .orElseGet(() -> make(document)));
    }

    private CompletableFuture<PassageList> make(StoredDocument document) {
        return pools.query(owner, () -> split(document))
                .thenCompose(made -> pools.io(owner, () -> cache.save(document.source(), KIND, made)))
                .thenApply(Content::value);
    }

    private PassageList split(StoredDocument document) {
        PassageIndex index = new PassageIndex(application.encoder().get());
        return new PassageList(index.passages(document.name(), document.text()));
    }
}
