package io.agentruntime.gcs;

import static java.util.Objects.requireNonNull;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.NoCredentials;
import com.google.cloud.storage.HttpStorageOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link GcsBlobStore} that makes its own client calls the service. Immutable and thread-safe.
 *
 * @param timeout how long a call may take, attempts and waits between them included, from 1 ms to a day; of a call that streams, how long
 *     each piece may take
 * @param endpoint where the service is, such as {@code http://localhost:4443}, which is called without credentials; or null for Google's
 *     own, with the credentials that the process has by default
 */
public record GcsSettings(Duration timeout, @Nullable URI endpoint) {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MAX_TIMEOUT = Duration.ofDays(1);

    /** Checks the values. */
    public GcsSettings {
        requireNonNull(timeout, "timeout");
        if (timeout.toMillis() < 1 || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw new IllegalArgumentException("a timeout of " + timeout + " (allowed: 1 ms to " + MAX_TIMEOUT + ")");
        }
        if (endpoint != null
                && (endpoint.getHost() == null
                        || !String.valueOf(endpoint.getScheme()).matches("https?"))) {
            throw new IllegalArgumentException("not an endpoint: '" + endpoint + "' (allowed: http://host:port)");
        }
    }

    /**
     * Calls Google's service, with 10 s for each call.
     *
     * @return the settings
     */
    public static GcsSettings create() {
        return new GcsSettings(DEFAULT_TIMEOUT, null);
    }

    /**
     * Gives calls another time.
     *
     * @param newTimeout how long a call may take
     * @return the same settings with this time
     * @throws IllegalArgumentException if it is less than 1 ms or more than a day
     */
    public GcsSettings withTimeout(Duration newTimeout) {
        return new GcsSettings(newTimeout, endpoint);
    }

    /**
     * Calls another service, such as one for tests, without credentials.
     *
     * @param newEndpoint its address
     * @return the same settings with this address
     * @throws IllegalArgumentException if it is not an address of HTTP
     */
    public GcsSettings withEndpoint(URI newEndpoint) {
        return new GcsSettings(timeout, requireNonNull(newEndpoint, "newEndpoint"));
    }

    /** Makes a client that goes by these settings; the attempts of a call have the time that is left of it. */
    Storage client(GcsDeadline deadline) {
        Duration firstWait = timeout.dividedBy(100);
        RetrySettings retries = RetrySettings.newBuilder()
                .setInitialRetryDelayDuration(firstWait)
                .setRetryDelayMultiplier(2)
                .setMaxRetryDelayDuration(timeout.dividedBy(10).plus(firstWait))
                .setTotalTimeoutDuration(timeout)
                .build();
        HttpStorageOptions.Builder options = StorageOptions.http()
                .setRetrySettings(retries)
                .setTransportOptions(new GcsTransport(deadline, (int) timeout.toMillis()));
        if (endpoint != null) {
            options.setHost(endpoint.toString()).setProjectId("none").setCredentials(NoCredentials.getInstance());
        }
        return options.build().getService();
    }
}
