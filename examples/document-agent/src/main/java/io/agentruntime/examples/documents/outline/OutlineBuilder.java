package io.agentruntime.examples.documents.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Collects the sections of an {@link Outline}. Short lists become one sentence, together with the words before them. */
final class OutlineBuilder {
    private static final Pattern CONTENTS =
            Pattern.compile("(?i)(?:table of contents|contents|inhalt(?:sverzeichnis)?)\\W*");
    private static final int MAX_LIST = 330;

    private final List<Section> sections = new ArrayList<>();
    private final List<Sentence> sentences = new ArrayList<>();
    private final List<String> items = new ArrayList<>();
    private Block heading = new Block(Block.Kind.HEADING, 0, "");
    private String leadIn = "";
    private final boolean rowsToo;
    private int position;

    /** Creates a builder that leaves table rows out, or takes each of them for a sentence. */
    OutlineBuilder(boolean rowsToo) {
        this.rowsToo = rowsToo;
    }

    OutlineBuilder addAll(List<Block> blocks) {
        Set<String> headings = blocks.stream()
                .filter(block -> block.kind() == Block.Kind.HEADING)
                .map(block -> Headings.withoutNumber(block.text()))
                .collect(Collectors.toSet());
        blocks.stream()
                .filter(block ->
                        block.kind() != Block.Kind.ITEM || !headings.contains(Headings.withoutNumber(block.text())))
                .forEach(this::add);
        return this;
    }

    OutlineBuilder addLines(List<String> lines) {
        lines.forEach(line -> SentenceSplitter.split(line).forEach(part -> addSentence(part, false)));
        return this;
    }

    List<Section> build() {
        endSection();
        return sections;
    }

    private void add(Block block) {
        if (block.kind() == Block.Kind.ITEM) {
            items.add(block.text());
            return;
        }
        endList();
        switch (block.kind()) {
            case HEADING, LIKELY_HEADING -> {
                endSection();
                heading = block;
            }
            case PARAGRAPH -> addParagraph(block.text());
            case ROW -> {
                if (rowsToo) {
                    addSentence(block.text(), true);
                }
            }
            case ITEM, CODE -> {
                // items are kept until the list ends, code is not prose
            }
        }
    }

    private void addParagraph(String text) {
        List<String> split = new ArrayList<>(SentenceSplitter.split(text));
        if (!split.isEmpty() && split.get(split.size() - 1).endsWith(":")) {
            leadIn = split.remove(split.size() - 1);
        }
        split.forEach(sentence -> addSentence(sentence, false));
    }

    private void endList() {
        String joined = (leadIn + " " + String.join("; ", items)).strip();
        boolean fragments = items.size() > 1 && items.stream().noneMatch(item -> item.matches("(?s).*[.!?:].*"));
        if (fragments && joined.length() <= MAX_LIST) {
            addSentence(joined + ".", true);
        } else {
            items.forEach(item -> SentenceSplitter.split(item).forEach(sentence -> addSentence(sentence, true)));
        }
        items.clear();
        leadIn = "";
    }

    private void endSection() {
        endList();
        if (sentences.isEmpty() && heading.kind() == Block.Kind.LIKELY_HEADING) {
            addSentence(heading.text(), false);
            heading = new Block(Block.Kind.HEADING, 0, "");
        }
        if (!sentences.isEmpty() || !heading.text().isEmpty()) {
            sections.add(new Section(Headings.withoutNumber(heading.text()), heading.level(), sentences));
        }
        sentences.clear();
    }

    private void addSentence(String text, boolean item) {
        if (!CONTENTS.matcher(text).matches() && text.codePoints().anyMatch(Character::isLetterOrDigit)) {
            sentences.add(new Sentence(text, position++, sections.size(), sentences.isEmpty(), item));
        }
    }
}
