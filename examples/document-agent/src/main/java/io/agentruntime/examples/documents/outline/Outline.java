package io.agentruntime.examples.documents.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The sections and sentences of a document. Immutable and thread-safe.
 *
 * @param sections the sections in their order, also those without sentences
 * @param prose whether the document has running text; otherwise the sentences are comments or lines of its code
 */
public record Outline(List<Section> sections, boolean prose) {
    private static final int MAX_CODE_LINES = 40;

    /** Keeps a copy of the list. */
    public Outline {
        sections = List.copyOf(sections);
    }

    /**
     * Takes the sections without table rows.
     *
     * @param text the text of a document, plain or with Markdown
     * @return its outline
     */
    public static Outline of(String text) {
        return of(text, false);
    }

    /**
     * Takes the sections with each table row as a sentence.
     *
     * @param text the text of a document, plain or with Markdown
     * @return its outline
     */
    public static Outline withRows(String text) {
        return of(text, true);
    }

    private static Outline of(String text, boolean rowsToo) {
        List<Block> blocks = BlockParser.parse(text);
        Outline outline = new Outline(new OutlineBuilder(rowsToo).addAll(blocks).build(), true);
        if (outline.sentences().isEmpty()) {
            outline = ofCode(blocks);
        }
        return outline.sentences().isEmpty() ? ofLines(text) : outline;
    }

    /**
     * Lists all sentences.
     *
     * @return the sentences of all sections, in their order
     */
    public List<Sentence> sentences() {
        return sections.stream()
                .flatMap(section -> section.sentences().stream())
                .toList();
    }

    /**
     * Chooses sentences evenly.
     *
     * @param max how many at most
     * @return the sentences, in their order
     */
    public List<Sentence> sample(int max) {
        List<Sentence> all = sentences();
        if (all.size() <= max) {
            return all;
        }
        return IntStream.range(0, max)
                .mapToObj(i -> all.get((int) ((long) i * all.size() / max)))
                .toList();
    }

    /**
     * Finds the title of the document.
     *
     * @return the first heading of the highest level, or an empty string
     */
    public String title() {
        int top = sections.stream()
                .mapToInt(Section::level)
                .filter(level -> level > 0)
                .min()
                .orElse(0);
        return sections.stream()
                .filter(section -> section.level() == top)
                .map(Section::heading)
                .findFirst()
                .orElse("");
    }

    private static Outline ofCode(List<Block> blocks) {
        List<String> lines = blocks.stream()
                .filter(block -> block.kind() == Block.Kind.CODE || block.kind() == Block.Kind.ROW)
                .map(Block::text)
                .toList();
        List<Block> comments = paragraphs(List.of(String.join(" ", CodeLines.comments(lines))));
        List<Section> sections = new OutlineBuilder(false).addAll(comments).build();
        if (sections.stream().allMatch(section -> section.sentences().isEmpty())) {
            List<String> first = lines.subList(0, Math.min(lines.size(), MAX_CODE_LINES));
            sections = new OutlineBuilder(false).addLines(first).build();
        }
        return new Outline(sections, false);
    }

    private static Outline ofLines(String text) {
        List<String> lines =
                text.lines().flatMap(Markup::bounded).limit(MAX_CODE_LINES).toList();
        return new Outline(new OutlineBuilder(false).addLines(lines).build(), false);
    }

    private static List<Block> paragraphs(List<String> texts) {
        List<Block> blocks = new ArrayList<>();
        texts.forEach(text -> blocks.add(new Block(Block.Kind.PARAGRAPH, 0, text)));
        return blocks;
    }
}
