package io.agentruntime.examples.documents;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void lines_shortCells_alignTextsLeftAndNumbersRight() {
        Table table = new Table(1, "Name", "Tokens");
        table.row("a.md", Table.number(1_234_567));
        table.row("longer.md", "7");

        assertThat(table.lines())
                .containsExactly(
                        "Name          Tokens", //
                        "--------------------",
                        "a.md       1,234,567",
                        "longer.md          7");
    }

    @Test
    void lines_longName_keepsItsEndAndFitsTheConsole() {
        Table table = new Table(1, "Name", "Tokens");
        table.row("folder/".repeat(30) + "end.md", "7");

        assertThat(table.lines()).allMatch(line -> line.length() <= Console.WIDTH);
        assertThat(table.lines().get(2))
                .startsWith("…")
                .contains("folder/end.md")
                .hasSize(Console.WIDTH);
    }

    @Test
    void count_one_isSingular() {
        assertThat(Table.count(1, "call")).isEqualTo("1 call");
        assertThat(Table.count(0, "call")).isEqualTo("0 calls");
    }

    @Test
    void wrapped_longText_breaksBetweenWordsUnderItsLabel() {
        assertThat(Printable.wrapped("Answer: ", "word ".repeat(40)))
                .hasSize(3)
                .allMatch(line -> line.length() <= Console.WIDTH)
                .first()
                .asString()
                .startsWith("Answer: word word");
    }
}
