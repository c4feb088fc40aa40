package io.agentruntime.usage;

import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.ModelDisabledException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;

/** Knows the failures that mean that the model did no work: the provider refused the call, or was never reached. */
final class FreeFailures {

    private static final int DEEPEST_CAUSE = 32; // causes may form a circle

    /** Statuses that a machine on the way may answer with while the model works on. */
    private static final Set<Integer> NOT_SURE = Set.of(408, 504);

    private static final List<Class<? extends Throwable>> FREE = List.of(
            RateLimitException.class,
            InternalServerException.class,
            NonRetriableException.class,
            UnsupportedFeatureException.class,
            ModelDisabledException.class,
            ConnectException.class,
            NoRouteToHostException.class,
            UnknownHostException.class,
            UnresolvedAddressException.class,
            HttpConnectTimeoutException.class,
            SSLHandshakeException.class);

    private FreeFailures() {}

    /** Goes by the status if there is one, else by the types. */
    static boolean contains(Throwable failure) {
        boolean free = false;
        Throwable cause = failure;
        for (int depth = 0; depth < DEEPEST_CAUSE && cause != null; depth++) {
            if (cause instanceof HttpException answer) {
                return !NOT_SURE.contains(answer.statusCode());
            }
            free |= isFree(cause);
            cause = cause.getCause();
        }
        return free;
    }

    private static boolean isFree(Throwable failure) {
        return FREE.stream().anyMatch(type -> type.isInstance(failure));
    }
}
