package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Keeps each entry in a blob whose name is the folder of the tier and the key. */
record BlobTier(BlobStore store, BlobName folder) implements CacheTier {

    static BlobTier on(BlobStore store, String prefix) {
        return new BlobTier(requireNonNull(store, "store"), BlobName.of(prefix));
    }

    private BlobName blob(String key) {
        return BlobName.parse(folder.path() + "/" + key);
    }

    @Override
    public Optional<byte[]> get(String key) {
        return store.get(blob(key));
    }

    @Override
    public void put(String key, byte[] entry, Instant useless) {
        store.put(blob(key), entry);
    }

    @Override
    public void delete(String key) {
        boolean unused = store.delete(blob(key));
    }

    @Override
    public List<String> list(String inside) {
        int prefix = folder.path().length() + 1;
        try (Stream<BlobName> names = store.list(blob(inside))) {
            return names.map(name -> name.path().substring(prefix)).toList();
        }
    }

    @Override
    public String name() {
        return "blobs";
    }
}
