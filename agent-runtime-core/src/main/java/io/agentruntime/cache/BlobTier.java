package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.storage.BlobInfo;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.Precondition;
import io.agentruntime.storage.PutOptions;
import io.agentruntime.storage.StorageException;
import io.agentruntime.storage.StorageException.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps each entry in a blob whose name is the folder of the tier and the key. A claim is an empty blob with its mark as metadata. */
record BlobTier(BlobStore store, BlobName folder) implements CacheTier {

    private static final String MARK = "claim";

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
    public String claim(String key, String mark, @Nullable String overdue) {
        BlobName name = blob(key);
        Optional<BlobInfo> standing = store.head(name);
        if (standing.isPresent() && !mark(standing.get()).equals(overdue)) {
            return mark(standing.get());
        }
        Precondition unchanged =
                standing.map(info -> Precondition.ifVersion(info.version())).orElseGet(Precondition::ifAbsent);
        try {
            PutOptions options = PutOptions.forName(name).withMetadata(Map.of(MARK, mark));
            BlobInfo unused = store.put(name, new byte[0], options.on(unchanged));
            return mark;
        } catch (StorageException e) {
            throwUnlessOvertaken(e);
            return store.head(name).map(BlobTier::mark).orElse("one that was released already");
        }
    }

    private static void throwUnlessOvertaken(StorageException failure) {
        if (failure.reason() != Reason.PRECONDITION_FAILED) {
            throw failure;
        }
    }

    @Override
    public void release(String key, String mark) {
        BlobName name = blob(key);
        Optional<BlobInfo> standing = store.head(name);
        if (standing.isPresent() && mark(standing.get()).equals(mark)) {
            try {
                boolean unused = store.delete(name, standing.get().version());
            } catch (StorageException e) {
                throwUnlessOvertaken(e); // by one for whom it was overdue
            }
        }
    }

    /** What was not made by a claim has a mark too, so that it is replaced after a lease. */
    private static String mark(BlobInfo claim) {
        return claim.metadata().getOrDefault(MARK, claim.version());
    }

    @Override
    public String name() {
        return "blobs";
    }
}
