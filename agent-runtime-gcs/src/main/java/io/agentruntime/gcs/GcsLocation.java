package io.agentruntime.gcs;

import static java.util.Objects.requireNonNull;

import com.google.cloud.storage.BlobId;
import io.agentruntime.storage.BlobName;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * A place for blobs: a bucket, and what the names of all objects begin with.
 *
 * @param bucket the name of the bucket
 * @param prefix empty, or the path of a blob's name and a slash
 */
record GcsLocation(String bucket, String prefix) {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]");
    private static final int MAX_PREFIX = 1_024 - BlobName.MAX_PATH; // names of objects have 1,024 bytes at most

    static GcsLocation bucket(String bucket) {
        if (!BUCKET.matcher(requireNonNull(bucket, "bucket")).matches()) {
            throw new IllegalArgumentException(
                    "not the name of a bucket: '" + bucket + "' (allowed: 3 to 222 of a-z, 0-9, '.', '_' and '-')");
        }
        return new GcsLocation(bucket, "");
    }

    static GcsLocation parse(URI uri) {
        String prefix = String.valueOf(uri.getRawPath()).replaceAll("^/|/$", "");
        boolean plain = uri.getRawQuery() == null && uri.getRawFragment() == null && uri.getRawUserInfo() == null;
        boolean usable = prefix.isEmpty() || (BlobName.isPath(prefix) && prefix.length() < MAX_PREFIX);
        if (!"gs".equals(uri.getScheme()) || uri.getRawAuthority() == null || !plain || !usable) {
            throw new IllegalArgumentException("not a place for blobs: '" + uri
                    + "' (allowed: gs://bucket, or gs://bucket/prefix with a prefix that is the path of a blob's name, of "
                    + (MAX_PREFIX - 1) + " characters or fewer)");
        }
        return new GcsLocation(bucket(uri.getRawAuthority()).bucket, prefix.isEmpty() ? "" : prefix + "/");
    }

    BlobId id(BlobName name) {
        return BlobId.of(bucket, prefix + requireNonNull(name, "name").path());
    }

    /** Gives the path that a blob of this place has, or a path that no name has if the object is elsewhere. */
    String path(String object) {
        return object.startsWith(prefix) ? object.substring(prefix.length()) : "";
    }

    @Override
    public String toString() {
        return "gs://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1));
    }
}
