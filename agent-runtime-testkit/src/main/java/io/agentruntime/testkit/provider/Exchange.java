package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentruntime.testkit.provider.Traffic.Call;
import io.agentruntime.testkit.provider.WireFormat.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Serves requests: finds the protocol, asks the test for the reply, and plays it. */
final class Exchange implements Connection.Service {

    private final Traffic traffic;
    private final Function<? super ProviderRequest, ProviderReply> answers;
    private final Supplier<ProviderGate> gate;
    private final CompletableFuture<Void> stopped;

    Exchange(
            Traffic traffic,
            Function<? super ProviderRequest, ProviderReply> answers,
            Supplier<ProviderGate> gate,
            CompletableFuture<Void> stopped) {
        this.traffic = traffic;
        this.answers = answers;
        this.gate = gate;
        this.stopped = stopped;
    }

    @Override
    public boolean serve(HttpMessage message, Connection connection) throws IOException {
        Optional<ProviderProtocol> protocol = Stream.of(ProviderProtocol.values())
                .filter(each -> each.format().serves(message.path()))
                .findFirst();
        if (protocol.isEmpty()) {
            return refuse(connection, 404, "no such path: " + message.path());
        }
        if (!message.method().equals("POST")) {
            return refuse(connection, 405, "not allowed: " + message.method());
        }
        JsonNode body;
        try {
            body = Json.parse(message.body());
        } catch (JsonProcessingException e) {
            return refuse(connection, 400, "the body is not JSON: " + e.getOriginalMessage());
        }
        Asked asked = protocol.get().format().asked(message.path(), body);
        Call call = traffic.arrived(number -> new ProviderRequest(
                protocol.get(),
                number,
                asked.model(),
                asked.streaming(),
                asked.messages(),
                message.headers(),
                message.body()));
        return answer(call, connection);
    }

    private static boolean refuse(Connection connection, int status, String problem) throws IOException {
        byte[] body = Json.text(Json.object().put("error", problem)).getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + " Refused\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length + "\r\n\r\n";
        connection.send(Step.Send.head(head, status).followedBy(body).bytes());
        return true;
    }

    private boolean answer(Call call, Connection connection) throws IOException {
        connection.atEnd(() -> clientGone(call));
        CompletableFuture<?> pointless = CompletableFuture.anyOf(connection.ended(), stopped);
        try {
            gate.get().pass(pointless);
            for (Step step : steps(call)) {
                if (pointless.isDone() || !play(step, call, connection, pointless)) {
                    return false;
                }
            }
            return true;
        } finally {
            traffic.brokenOff(call);
        }
    }

    private void clientGone(Call call) {
        if (!stopped.isDone()) {
            traffic.clientGone(call);
        }
    }

    private List<Step> steps(Call call) {
        try {
            ProviderReply reply = call.stored != null ? call.stored : answers.apply(call.request);
            return Plan.of(call.request, reply.content());
        } catch (RuntimeException | AssertionError e) { // the client of the test must see it
            return Plan.of(
                    call.request,
                    ProviderReply.error(500, "the test's answer failed: " + e).content());
        }
    }

    /** Says whether the connection lives on. */
    private boolean play(Step step, Call call, Connection connection, CompletableFuture<?> pointless)
            throws IOException {
        if (step instanceof Step.Wait wait) {
            wait.gate().pass(pointless);
            return true;
        }
        if (step instanceof Step.Break end) {
            traffic.brokenOff(call);
            if (end.reset()) {
                connection.reset();
            }
            return false;
        }
        send((Step.Send) step, call, connection);
        return true;
    }

    private void send(Step.Send step, Call call, Connection connection) throws IOException {
        CallState before = traffic.state(call);
        traffic.sending(call, step);
        try {
            connection.send(step.bytes());
        } catch (IOException e) {
            traffic.notSent(call, before);
            throw e;
        }
    }
}
