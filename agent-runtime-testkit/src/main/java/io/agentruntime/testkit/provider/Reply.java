package io.agentruntime.testkit.provider;

import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a {@link ProviderReply} consists of. Changed only while it is copied. */
final class Reply {

    final List<Piece> pieces = new ArrayList<>();
    final List<Hold> holds = new ArrayList<>();
    final Map<String, String> headers = new LinkedHashMap<>();
    int status = 200;

    @Nullable
    ProviderUsage usage;

    @Nullable
    String usageJson;

    @Nullable
    FinishReason finish;

    @Nullable
    String model;

    @Nullable
    ProviderRateLimits limits;

    @Nullable
    String error;

    @Nullable
    String code;

    @Nullable
    String raw;

    @Nullable
    Trouble trouble;

    Reply copy() {
        Reply copy = new Reply();
        copy.pieces.addAll(pieces);
        copy.holds.addAll(holds);
        copy.headers.putAll(headers);
        copy.status = status;
        copy.usage = usage;
        copy.usageJson = usageJson;
        copy.finish = finish;
        copy.model = model;
        copy.limits = limits;
        copy.error = error;
        copy.code = code;
        copy.raw = raw;
        copy.trouble = trouble;
        return copy;
    }

    /** Whether it is meant to be an answer, however it may end. */
    boolean answers() {
        return error == null && raw == null;
    }

    int pieceCount() {
        return pieces.stream().mapToInt(Piece::count).sum();
    }

    FinishReason finishReason() {
        if (finish != null) {
            return finish;
        }
        boolean tools = pieces.stream().anyMatch(Piece.Tool.class::isInstance);
        return tools ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
    }

    /** The same pieces, neighbours of a kind put together: what the answer is when it is sent whole. */
    List<Piece> blocks() {
        List<Piece> blocks = new ArrayList<>();
        for (Piece piece : pieces) {
            Piece last = blocks.isEmpty() ? null : blocks.get(blocks.size() - 1);
            if (piece instanceof Piece.Text more && last instanceof Piece.Text text) {
                blocks.set(blocks.size() - 1, new Piece.Text(text.text() + more.text()));
            } else if (piece instanceof Piece.Thinking more && last instanceof Piece.Thinking thinking) {
                blocks.set(blocks.size() - 1, new Piece.Thinking(thinking.text() + more.text()));
            } else {
                blocks.add(piece);
            }
        }
        return blocks;
    }

    /** All text of a kind. */
    String joined(Class<? extends Piece> kind) {
        StringBuilder all = new StringBuilder();
        for (Piece piece : pieces) {
            if (kind.isInstance(piece)) {
                all.append(piece instanceof Piece.Text text ? text.text() : ((Piece.Thinking) piece).text());
            }
        }
        return all.toString();
    }
}
