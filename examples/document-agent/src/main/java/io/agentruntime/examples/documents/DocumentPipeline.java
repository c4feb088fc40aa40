package io.agentruntime.examples.documents;

import io.agentruntime.cache.ContentCache;
import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.reading.DocumentFile;
import io.agentruntime.examples.documents.reading.LoadedDocument;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Makes what is missing of a document: reads and looks up on the io pool, asks the model on the agent pool, stores on the
 * io pool. No thread of a pool waits for another task. Thread-safe.
 */
final class DocumentPipeline {
    private final Pools pools;
    private final ContentCache cache;
    private final ModelCalls calls;
    private final Library library;
    private final List<Product<?>> products;

    DocumentPipeline(Application application) {
        this.pools = application.pools();
        this.cache = application.runtime().content();
        this.calls = application.calls();
        this.library = application.library();
        this.products = Product.all(application.model().name());
    }

    /** Begins with a document; the future fails if the document cannot be read or stored at all. */
    CompletableFuture<List<Made>> begin(DocumentFile file, UsageContext owner) {
        return pools.io(owner, () -> LoadedDocument.read(file)).thenCompose(document -> makeAll(document, owner));
    }

    private CompletableFuture<List<Made>> makeAll(LoadedDocument document, UsageContext owner) {
        return lookUp(document, owner)
                .thenCompose(stored -> stored.contains(false)
                        ? makeMissing(document, owner, stored)
                        : CompletableFuture.completedFuture(hits()))
                .thenCompose(made -> keepText(document, owner, made));
    }

    private CompletableFuture<List<Boolean>> lookUp(LoadedDocument document, UsageContext owner) {
        return Pools.all(products.stream()
                .map(product -> pools.io(owner, () -> product.isStored(cache, document.source())))
                .toList());
    }

    private List<Made> hits() {
        return products.stream().map(product -> Made.hit(product.name())).toList();
    }

    private CompletableFuture<List<Made>> makeMissing(
            LoadedDocument document, UsageContext owner, List<Boolean> stored) {
        return pools.io(owner, document::text)
                .thenCompose(text -> Pools.all(products.stream()
                        .map(product -> stored.get(products.indexOf(product))
                                ? CompletableFuture.completedFuture(Made.hit(product.name()))
                                : make(product, document, text, owner))
                        .toList()));
    }

    private <T> CompletableFuture<Made> make(
            Product<T> product, LoadedDocument document, String text, UsageContext owner) {
        return pools.agent(
                        owner.withFeature(product.feature()),
                        () -> product.make(calls, document.name(), text),
                        made -> cache.save(document.source(), product.kind(), made))
                .handle((saved, failure) -> Made.of(product.name(), failure));
    }

    private CompletableFuture<List<Made>> keepText(LoadedDocument document, UsageContext owner, List<Made> made) {
        if (!made.stream().allMatch(Made::isThere)) {
            return CompletableFuture.completedFuture(made);
        }
        return pools.io(owner, () -> {
            library.keep(document);
            return made;
        });
    }
}
