package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** Keeps blobs in memory, copied on the way in and on the way out. */
final class MemoryBlobStore implements BlobStore {

    private final ConcurrentSkipListMap<BlobName, byte[]> blobs = new ConcurrentSkipListMap<>();

    @Override
    public void put(BlobName name, byte[] content) {
        blobs.put(requireNonNull(name, "name"), content.clone());
    }

    @Override
    public Optional<byte[]> get(BlobName name) {
        return Optional.ofNullable(blobs.get(name)).map(byte[]::clone);
    }

    @Override
    public boolean delete(BlobName name) {
        return blobs.remove(name) != null;
    }

    @Override
    public List<BlobName> list(BlobName folder) {
        return blobs.keySet().stream().filter(name -> name.isInside(folder)).toList();
    }
}
