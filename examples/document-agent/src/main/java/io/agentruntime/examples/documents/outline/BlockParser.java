package io.agentruntime.examples.documents.outline;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a text into headings, paragraphs, list items, table rows and code. Understands Markdown and plain text. */
final class BlockParser {
    private static final Pattern HEADING = Pattern.compile("^ {0,3}(#{1,6})\\s+(.*?)[\\s#]*$");
    private static final Pattern FENCE = Pattern.compile("^\\s*(```+|~~~+).*");
    private static final Pattern UNDERLINE = Pattern.compile("^([=~^\"-])\\1{2,}\\s*$");
    private static final Pattern RULE = Pattern.compile("([-*_=+#~])\\1{2,}");
    private static final Pattern ITEM = Pattern.compile("^\\s*(?:[-*+•·o]|\\(?[0-9]{1,3}[.)]|[a-z]\\))\\s+(.*)");
    private static final Pattern ROW = Pattern.compile("^\\s*\\|.*|.* \\| .*|[\\s:|-]+");
    private static final Pattern REFERENCE =
            Pattern.compile("^\\s*\\[[^\\]]+]:\\s.*|^\\s*(?:[-*+]|\\d+[.)])?\\s*\\[[^\\]]*]\\(#[^)]*\\)\\s*");

    private final List<Block> blocks = new ArrayList<>();
    private final List<String> pending = new ArrayList<>();
    private final boolean marked;
    private boolean inItem;
    private String fence = "";
    private boolean blankBefore = true;

    private BlockParser(boolean marked) {
        this.marked = marked;
    }

    static List<Block> parse(String text) {
        String body = Markup.withoutHidden(text);
        BlockParser parser = new BlockParser(
                body.lines().anyMatch(line -> HEADING.matcher(line).matches()));
        body.lines().flatMap(Markup::bounded).forEach(parser::add);
        parser.flush(true);
        return parser.blocks;
    }

    private void add(String line) {
        Matcher fenceLine = FENCE.matcher(line);
        if (!fence.isEmpty()) {
            addCode(line, fenceLine);
        } else if (fenceLine.matches()) {
            flush(false);
            fence = fenceLine.group(1);
        } else {
            addText(line.strip().startsWith(">") ? line.replaceFirst("^[\\s>]+", "") : line);
        }
        blankBefore = line.isBlank();
    }

    private void addCode(String line, Matcher fenceLine) {
        if (fenceLine.matches() && fenceLine.group(1).startsWith(fence)) {
            fence = "";
        } else if (!line.isBlank()) {
            blocks.add(new Block(Block.Kind.CODE, 0, line.strip()));
        }
    }

    private void addText(String line) {
        Matcher heading = HEADING.matcher(line);
        if (heading.matches()) {
            flush(false);
            addHeading(Block.Kind.HEADING, heading.group(1).length(), heading.group(2));
        } else if (UNDERLINE.matcher(line).matches() && isUnderlined()) {
            String title = pending.remove(pending.size() - 1);
            addHeading(Block.Kind.HEADING, line.startsWith("=") ? 1 : 2, title);
        } else if (line.isBlank()
                || RULE.matcher(line.replaceAll("\\s", "")).matches()
                || REFERENCE.matcher(line).matches()) {
            flush(true);
        } else {
            addWords(line);
        }
    }

    private void addWords(String line) {
        if (pending.stream().mapToInt(String::length).sum() > Markup.MAX_LINE) {
            flush(false);
        }
        Matcher item = ITEM.matcher(line);
        if (ROW.matcher(line).matches()) {
            flush(false);
            addRow(line);
        } else if (item.matches()) {
            flush(false);
            inItem = true;
            pending.add(item.group(1));
        } else {
            if (blankBefore || !LineShapes.isCapitals(line)) {
                pending.add(line);
            } else {
                flush(false);
                pending.add(line);
            }
            if (LineShapes.isCapitals(line) && pending.size() == 1) {
                flush(true);
            }
        }
    }

    private boolean isUnderlined() {
        return pending.size() == 1 && !inItem;
    }

    private void addHeading(Block.Kind kind, int level, String text) {
        String title = InlineMarkdown.clean(text);
        if (!title.isEmpty()) {
            blocks.add(new Block(kind, level, title));
        }
    }

    private void addRow(String line) {
        String cells = InlineMarkdown.clean(line.replaceAll("(^\\s*\\|)|(\\|\\s*$)", ""))
                .replaceAll("\\s*\\|[\\s|]*", "; ")
                .replaceFirst("^; ", "")
                .replaceFirst("; ", ": ");
        if (cells.codePoints().anyMatch(Character::isLetter)) {
            blocks.add(new Block(Block.Kind.ROW, 0, cells));
        }
    }

    private void flush(boolean atBlank) {
        if (pending.isEmpty()) {
            return;
        }
        List<String> lines = List.copyOf(pending);
        boolean item = inItem;
        pending.clear();
        inItem = false;
        if (!item && atBlank && !marked && lines.size() == 1 && LineShapes.looksLikeHeading(lines.get(0))) {
            addHeading(Block.Kind.LIKELY_HEADING, 2, lines.get(0));
        } else if (CodeLines.isCode(lines)) {
            lines.forEach(line -> blocks.add(new Block(Block.Kind.CODE, 0, line.strip())));
        } else {
            addProse(item ? Block.Kind.ITEM : Block.Kind.PARAGRAPH, lines);
        }
    }

    private void addProse(Block.Kind kind, List<String> lines) {
        boolean continuous = LineShapes.isContinuous(lines);
        if (continuous) {
            blocks.add(new Block(kind, 0, InlineMarkdown.clean(String.join(" ", lines))));
        } else {
            lines.forEach(line -> blocks.add(new Block(kind, 0, InlineMarkdown.clean(line))));
        }
    }
}
