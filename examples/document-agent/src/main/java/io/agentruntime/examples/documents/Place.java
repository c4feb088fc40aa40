package io.agentruntime.examples.documents;

import io.agentruntime.gcs.GcsBlobStore;
import io.agentruntime.gcs.GcsSettings;
import io.agentruntime.storage.BlobName;
import io.agentruntime.storage.BlobStore;
import io.agentruntime.storage.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the work is kept: all of it in a folder, or only the usage, and the rest in a bucket.
 *
 * @param output the folder
 * @param store the place in a bucket, as in {@code gs://bucket/prefix}, or null
 */
record Place(Path output, @Nullable String store) {
    /** The variable that leads to another service than Google's own, such as one for tests. */
    static final String ENDPOINT = "GCS_ENDPOINT";

    /**
     * Opens the store.
     *
     * @throws CannotRunException if the folder or the place in a bucket cannot be used
     */
    BlobStore open(Map<String, String> environment) {
        if (store == null) {
            return openFolder();
        }
        try {
            GcsSettings settings = GcsSettings.create();
            String endpoint = environment.getOrDefault(ENDPOINT, "");
            Files.createDirectories(output);
            return GcsBlobStore.open(
                    URI.create(store), endpoint.isEmpty() ? settings : settings.withEndpoint(URI.create(endpoint)));
        } catch (IllegalArgumentException e) {
            throw CannotRunException.unusable("--store: " + e.getMessage());
        } catch (IOException e) {
            throw CannotRunException.unusable("--output: " + Made.reason(e));
        }
    }

    private BlobStore openFolder() {
        try {
            return BlobStore.inDirectory(output);
        } catch (StorageException e) {
            throw CannotRunException.unusable("--output: " + e.getMessage());
        }
    }

    /** Says where the blobs of a folder are. */
    String of(BlobName folder) {
        return store == null ? output.resolve(folder.path()).toString() : store + "/" + folder;
    }
}
