package io.agentruntime.gcs;

import com.google.api.gax.paging.Page;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobListOption;
import io.agentruntime.storage.BlobName;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Fetches the names of objects a page at a time; each page is a call of its own. The service sorts them as we do. */
final class GcsListing implements Iterator<String> {

    private final GcsCalls calls;
    private final String path;
    private Page<Blob> page;
    private Iterator<Blob> objects;

    private GcsListing(GcsCalls calls, String path, Page<Blob> first) {
        this.calls = calls;
        this.path = path;
        this.page = first;
        this.objects = first.getValues().iterator();
    }

    /** Lists the blobs whose path begins as given. */
    static Stream<BlobName> of(Storage client, GcsCalls calls, GcsLocation location, String path) {
        BlobListOption prefix = BlobListOption.prefix(location.prefix() + path);
        Page<Blob> first = calls.make(
                "list", path, () -> client.list(location.bucket(), prefix, BlobListOption.fields(BlobField.NAME)));
        int facts = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        GcsListing names = new GcsListing(calls, path, first);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(names, facts), false)
                .map(location::path)
                .filter(BlobName::isPath) // what is not ours is not listed
                .map(BlobName::parse);
    }

    @Override
    public boolean hasNext() {
        while (!objects.hasNext() && page.hasNextPage()) {
            page = calls.make("list", path, page::getNextPage);
            objects = page.getValues().iterator();
        }
        return objects.hasNext();
    }

    @Override
    public String next() {
        boolean unused = hasNext(); // fetches the next page if need be; if there is none, what follows says so
        return objects.next().getName();
    }
}
