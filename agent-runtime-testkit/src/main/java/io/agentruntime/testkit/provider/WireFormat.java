package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentruntime.testkit.provider.ProviderRequest.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a protocol writes things down. */
interface WireFormat {

    /** What a request asks for. */
    record Asked(String model, boolean streaming, List<Message> messages) {}

    /** An answer and what it answers. */
    record Answer(ProviderRequest request, Reply reply) {

        /** The name of the model that answers. */
        String model() {
            return reply.model != null ? reply.model : request.model();
        }

        /** The usage to report, if any. */
        @Nullable
        JsonNode usage() {
            if (reply.usageJson != null) {
                return Json.of(reply.usageJson);
            }
            return reply.usage == null ? null : request.protocol().format().usage(reply.usage);
        }
    }

    /** Something that is streamed: its text, how many pieces it carries, and the usage that it reports. */
    record Event(String text, int pieces, @Nullable JsonNode usage) {

        static Event of(String text) {
            return new Event(text, 0, null);
        }
    }

    /** Whether a path, without its query, is one of its own. */
    boolean serves(String path);

    Asked asked(String path, JsonNode body);

    /** The whole answer. */
    JsonNode whole(Answer answer);

    /** The whole answer in a stream, its end included. */
    List<Event> events(Answer answer);

    JsonNode usage(ProviderUsage usage);

    /** The same the other way round: understands what was reported, in pieces or whole. */
    ProviderUsage counts(JsonNode usage);

    JsonNode error(int status, String message, @Nullable String code);

    /** An event that tells of an error. */
    String errorEvent(JsonNode error);

    /** An event with just this data. */
    String event(String data);

    /** The headers of every reply. */
    Map<String, String> headers(long number);

    /** A number, 0 if it is not there. */
    static long number(JsonNode json, String name) {
        return json.path(name).asLong();
    }
}
