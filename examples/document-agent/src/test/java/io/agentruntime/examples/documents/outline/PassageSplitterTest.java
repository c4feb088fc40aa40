package io.agentruntime.examples.documents.outline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PassageSplitterTest {
    @Test
    void split_longText_respectsSizeHeadingsAndCode() {
        String code = "```\n" + "int x = 1;\n".repeat(200) + "```\n";
        List<PassageSplitter.Piece> pieces =
                PassageSplitter.split("# A\n\n" + "One sentence of text. ".repeat(100) + "\n\n## B\n\n" + code);
        assertThat(pieces).allMatch(piece -> piece.text().length() <= PassageSplitter.MAX_CHARACTERS + 8);
        assertThat(pieces).filteredOn(piece -> piece.heading().equals("A")).hasSize(3);
        assertThat(pieces)
                .filteredOn(piece -> piece.heading().equals("B"))
                .hasSizeGreaterThan(2)
                .allMatch(
                        piece -> piece.text().startsWith("```") && piece.text().endsWith("```"));
    }
}
