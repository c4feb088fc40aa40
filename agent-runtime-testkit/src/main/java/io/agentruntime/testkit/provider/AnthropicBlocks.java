package io.agentruntime.testkit.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentruntime.testkit.provider.WireFormat.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The content blocks of a streamed message of Anthropic: pieces of a kind that follow each other are one block. */
final class AnthropicBlocks {

    private final List<Event> events;
    private final String signature;
    private int index = -1;
    private @Nullable Piece open; // the last piece of the block that has begun and not ended

    AnthropicBlocks(List<Event> events, String signature) {
        this.events = events;
        this.signature = signature;
    }

    void add(Piece piece) {
        if (piece instanceof Piece.Text text) {
            begin(piece, Json.object().put("type", "text").put("text", ""));
            delta(Json.object().put("type", "text_delta").put("text", text.text()), 1);
        } else if (piece instanceof Piece.Thinking thinking) {
            begin(
                    piece,
                    Json.object().put("type", "thinking").put("thinking", "").put("signature", ""));
            delta(Json.object().put("type", "thinking_delta").put("thinking", thinking.text()), 1);
        } else if (piece instanceof Piece.Tool tool) {
            ObjectNode block =
                    Json.object().put("type", "tool_use").put("id", tool.id()).put("name", tool.name());
            block.putObject("input");
            begin(piece, block);
            tool.arguments()
                    .forEach(part ->
                            delta(Json.object().put("type", "input_json_delta").put("partial_json", part), 1));
        }
    }

    private void begin(Piece piece, ObjectNode block) {
        if (open != null && open.getClass() == piece.getClass() && !(piece instanceof Piece.Tool)) {
            return;
        }
        end();
        open = piece;
        index++;
        ObjectNode json = event("content_block_start");
        json.set("content_block", block);
        events.add(Event.of(AnthropicFormat.typed(json)));
    }

    private void delta(ObjectNode delta, int pieces) {
        ObjectNode json = event("content_block_delta");
        json.set("delta", delta);
        events.add(new Event(AnthropicFormat.typed(json), pieces, null));
    }

    void end() {
        if (open instanceof Piece.Thinking) {
            delta(Json.object().put("type", "signature_delta").put("signature", signature), 0);
        }
        if (open != null) {
            events.add(Event.of(AnthropicFormat.typed(event("content_block_stop"))));
            open = null;
        }
    }

    private ObjectNode event(String type) {
        return Json.object().put("type", type).put("index", index);
    }
}
