package io.agentruntime.gcs;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.cloud.ServiceOptions;
import com.google.cloud.http.HttpTransportOptions;

/** Gives each attempt of a call no more time than is left for the call. The client knows of the time between attempts only. */
final class GcsTransport extends HttpTransportOptions {

    private static final long serialVersionUID = 1L;

    /** Not part of a serialized form: no host ever sees these options. */
    private final transient GcsDeadline deadline;

    GcsTransport(GcsDeadline deadline, int timeoutMillis) {
        super(HttpTransportOptions.newBuilder().setConnectTimeout(timeoutMillis).setReadTimeout(timeoutMillis));
        this.deadline = deadline;
    }

    @Override
    public HttpRequestInitializer getHttpRequestInitializer(ServiceOptions<?, ?> options) {
        HttpRequestInitializer usual = super.getHttpRequestInitializer(options);
        return request -> {
            usual.initialize(request);
            int left = deadline.leftMillis();
            request.setConnectTimeout(left).setReadTimeout(left);
        };
    }
}
