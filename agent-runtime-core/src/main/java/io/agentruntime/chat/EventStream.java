package io.agentruntime.chat;

import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParsingHandle;
import io.agentruntime.context.ContextSnapshot;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream: from its request to the last callback of its listener. Thread-safe. */
final class EventStream implements OpenCall, ServerSentEventParsingHandle {

    /*
     * The end is decided once, by whoever is first: the body (whole, or broken off), the watch, the transport that closes, a refusal
     * of the workload, an Error of the listener, or a cancel. It becomes the last callback of the lane, behind the events that came
     * before it. A cancel alone takes the lane over: what has not begun by then is skipped, and there is no last callback.
     */
    private static final Logger log = LoggerFactory.getLogger(ModelHttpTransport.class);

    private final Transport transport;
    private final WireRequest request;
    private final ServerSentEventListener listener;
    private final WireCall wire = WireCall.current();
    private final ContextSnapshot context = ContextSnapshot.capture();
    private final Exchange exchange = new Exchange();
    private final CallbackLane lane;
    private final Watch watch;
    private final ServerSentEventContext handle = new ServerSentEventContext(this);
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();
    private volatile @Nullable ErrorAnswer error;
    private volatile @Nullable Throwable thrown; // the Error of the listener
    private volatile boolean cancelled;
    private volatile boolean deaf; // whether the listener threw an Error, or was told the end
    private volatile long sentAt;

    /** How a stream ended: with a failure, or with null. */
    private record End(@Nullable Throwable failure) {}

    EventStream(Transport transport, WireRequest request, ServerSentEventListener listener) {
        this.transport = transport;
        this.request = request;
        this.listener = listener;
        this.lane = new CallbackLane(transport.io(), context, this::refused);
        this.watch = new Watch(transport.timer(), transport.ticker(), this::timedOut);
    }

    /** Sends the request; the body maker turns bytes into {@link #deliver}, {@link #complete} and {@link #fail}. */
    void start(HttpClient client, Function<EventStream, BodySubscriber<@Nullable Void>> body) {
        transport.open().add(this);
        wire.begin(this);
        if (end.get() == null) {
            sentAt = transport.ticker().read();
            watch.expect(request.headersLimit(), sentAt);
            send(client, body);
        }
    }

    private void send(HttpClient client, Function<EventStream, BodySubscriber<@Nullable Void>> body) {
        try {
            exchange.send(client, request.request(), info -> answered(info, body), this::broke);
        } catch (RuntimeException e) {
            cancel();
            throw e;
        }
    }

    private BodySubscriber<@Nullable Void> answered(
            ResponseInfo info, Function<EventStream, BodySubscriber<@Nullable Void>> body) {
        wire.answered(new WireAnswer(info.statusCode(), info.headers().map()));
        if (info.statusCode() < 200 || info.statusCode() > 299) {
            ErrorAnswer answer = new ErrorAnswer(info, exchange, this::fail);
            watch.expect(request.readLimit(), sentAt);
            error = answer;
            return answer.body();
        }
        watch.expect(request.firstTokenLimit(), sentAt);
        SuccessfulHttpResponse response = SuccessfulHttpResponse.builder()
                .statusCode(info.statusCode())
                .headers(info.headers().map())
                .build();
        lane.submit(() -> call(() -> listener.onOpen(response)));
        return body.apply(this);
    }

    Exchange exchange() {
        return exchange;
    }

    int maxEventBytes() {
        return transport.maxEventBytes();
    }

    /** Takes events, and runs the action when they are handled, unless the stream has ended by then. */
    void deliver(List<ServerSentEvent> events, Runnable then) {
        arrived();
        lane.submit(() -> {
            for (ServerSentEvent event : events) {
                call(() -> listener.onEvent(event, handle));
            }
            handled();
            if (end.get() == null) {
                then.run();
            }
        });
    }

    void arrived() {
        watch.suspend();
        wire.arrived();
    }

    void handled() {
        watch.expect(request.idleLimit(), transport.ticker().read());
    }

    /** Runs a reader of the body that keeps its slot until the body ends. */
    void read(Runnable reader) {
        lane.submit(() -> call(reader));
    }

    /** Runs a callback in the caller's context; like LangChain4j's own client goes on after an exception of the listener. */
    void call(Runnable callback) {
        if (cancelled || deaf) {
            return;
        }
        try {
            context.run(callback);
        } catch (Exception e) { // not its message, which may quote the answer
            log.warn(
                    "the listener of a stream from {} failed with {}",
                    request.host(),
                    e.getClass().getName());
        } catch (Throwable e) {
            deaf = true;
            thrown = e;
            fail(e);
        }
    }

    /** The body is whole. */
    void complete() {
        finish(new End(null));
    }

    @Override
    public void fail(Throwable failure) {
        finish(new End(failure));
    }

    private void finish(End how) {
        if (end.compareAndSet(null, how)) {
            watch.stop();
            if (how.failure != null) {
                exchange.abort();
            }
            lane.submit(this::tellEnd);
        }
    }

    private void tellEnd() {
        End how = end.get();
        Throwable failure = how == null || how.failure == null ? thrown : how.failure;
        deaf = false; // who threw is told of it
        if (failure != null) {
            call(() -> listener.onError(failure));
        } else {
            call(listener::onClose);
        }
        deaf = true;
        leave();
    }

    private void broke(Throwable failure) {
        ErrorAnswer answer = error;
        fail(answer != null ? answer.failure() : request.failure(failure));
    }

    private void timedOut(Throwable timeout) {
        ErrorAnswer answer = error;
        fail(answer != null ? answer.failure() : timeout); // the status says more than that its text did not come
    }

    private void refused(RejectedExecutionException refusal) {
        End refused = new End(refusal);
        End before = end.compareAndExchange(null, refused);
        watch.stop();
        exchange.abort();
        if (before == null || before.failure == null) {
            end.set(refused);
        }
        transport.spare().execute(this::tellEnd);
    }

    /** Ends the stream without another word to its listener. */
    @Override
    public void cancel() {
        cancelled = true;
        if (end.compareAndSet(null, new End(null))) {
            watch.stop();
            exchange.abort();
            leave();
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    private void leave() {
        wire.end(this);
        transport.open().remove(this);
    }

    @Override
    public ModelTransportException closed() {
        return ModelTransportException.closedDuring(request.host());
    }
}
