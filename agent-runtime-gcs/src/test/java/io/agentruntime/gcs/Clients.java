package io.agentruntime.gcs;

import com.google.api.gax.retrying.RetrySettings;
import com.google.cloud.NoCredentials;
import com.google.cloud.http.HttpTransportOptions;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.StorageOptions;
import io.agentruntime.testkit.gcs.GcsServer;
import java.time.Duration;

/** Clients as a host would make them, which do not wait long before they try again. */
final class Clients {

    static final String BUCKET = "test-bucket";
    static final int MAX_ATTEMPTS = 5;

    private Clients() {}

    static Storage of(GcsServer server) {
        return of(server, MAX_ATTEMPTS, 10_000);
    }

    static Storage of(GcsServer server, int attempts, int readTimeoutMillis) {
        RetrySettings quick = RetrySettings.newBuilder()
                .setInitialRetryDelayDuration(Duration.ofMillis(1))
                .setRetryDelayMultiplier(2)
                .setMaxRetryDelayDuration(Duration.ofMillis(4))
                .setMaxAttempts(attempts)
                .setTotalTimeoutDuration(Duration.ofSeconds(10))
                .build();
        return StorageOptions.http()
                .setHost(server.endpoint().toString())
                .setProjectId("test")
                .setCredentials(NoCredentials.getInstance())
                .setRetrySettings(quick)
                .setTransportOptions(HttpTransportOptions.newBuilder()
                        .setReadTimeout(readTimeoutMillis)
                        .build())
                .build()
                .getService();
    }
}
