package io.agentruntime.examples.documents.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentruntime.examples.documents.prompts.Passage;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class PassageIndexTest {
    private final PassageIndex index = new PassageIndex(new SentenceEncoder());

    @Test
    void rank_ofPassages_putsTheClosestFirst() {
        List<Passage> passages =
                new ArrayList<>(index.passages("a.md", "# Cats\n\nCats sleep.\n\n# Ships\n\nShips float."));
        passages.addAll(index.passages("b.md", "# Volcanoes\n\nLava is hot."));
        Passage best = index.rank("How hot is a volcano?", passages).get(0);
        assertThat(best.document()).isEqualTo("b.md");
        assertThat(best.heading()).isEqualTo("Volcanoes");
        assertThat(best.text()).isEqualTo("Lava is hot.");
    }

    @Test
    void rank_ofManyPassages_isLimited() {
        List<Passage> passages = index.passages("a.md", "# A\n\nText.\n\n".repeat(20));
        assertThat(index.rank("Text?", passages)).hasSize(PassageIndex.TOP);
        assertThat(index.rank("Text?", List.of())).isEmpty();
    }

    @Test
    void vector_encoded_isDecodedExactly() {
        float[] vector = {0f, -1.5f, Float.MIN_VALUE, 3e30f};
        assertThat(Vectors.decode(Vectors.encode(vector))).containsExactly(vector);
        assertThat(Vectors.encode(new float[] {1f})).isEqualTo("AACAPw==");
    }

    @Test
    void cosine_ofVectors_isTheirAngle() {
        Offset<Double> close = Offset.offset(1e-6);
        assertThat(Vectors.cosine(new float[] {1, 0}, new float[] {2, 0})).isCloseTo(1, close);
        assertThat(Vectors.cosine(new float[] {1, 0}, new float[] {0, 3})).isCloseTo(0, close);
        assertThat(Vectors.cosine(new float[] {0, 0}, new float[] {0, 3})).isZero();
        assertThatThrownBy(() -> Vectors.cosine(new float[1], new float[2]))
                .hasMessage("vectors of different lengths: 1 and 2");
    }
}
