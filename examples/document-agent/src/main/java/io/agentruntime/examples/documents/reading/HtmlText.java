package io.agentruntime.examples.documents.reading;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/** Turns the readable part of an HTML page into text with Markdown headings, lists, tables and code blocks. */
final class HtmlText implements NodeVisitor {
    private static final String NOT_READ =
            "script, style, noscript, template, svg, nav, footer, iframe, button, select, textarea, [hidden],"
                    + " a.headerlink, a.anchor";
    private static final Set<String> CELLS = Set.of("td", "th");
    private static final char REPLACEMENT = '\uFFFD';
    private static final int CHARACTERS_PER_REPLACEMENT = 100;

    private final StringBuilder out = new StringBuilder();
    private int preformatted;

    private HtmlText() {}

    static String read(String name, byte[] bytes) {
        Document page = parse(name, bytes);
        page.select(NOT_READ).remove();
        HtmlText text = new HtmlText();
        if (page.select("h1").isEmpty() && !page.title().isBlank()) {
            text.out.append("# ").append(page.title()).append("\n\n");
        }
        NodeTraversor.traverse(text, page.body());
        if (page.body().text().isBlank()) {
            throw new DocumentException(name, "no text in this page");
        }
        return PlainText.checked(name, text.out.toString().replaceAll("\n{3,}", "\n\n"));
    }

    private static Document parse(String name, byte[] bytes) {
        try {
            Document page = Jsoup.parse(new ByteArrayInputStream(bytes), null, "");
            String source = page.wholeText();
            long replaced = source.chars().filter(c -> c == REPLACEMENT).count();
            if (replaced * CHARACTERS_PER_REPLACEMENT > source.length()) {
                throw PlainText.binary(name, "most of it cannot be decoded");
            }
            return page;
        } catch (IOException e) {
            throw new DocumentException(name, "not a readable page, " + e.getMessage(), e);
        }
    }

    @Override
    public void head(Node node, int depth) {
        if (node instanceof TextNode text) {
            append(text);
        } else if (node instanceof Element element) {
            open(element);
        }
    }

    @Override
    public void tail(Node node, int depth) {
        if (node instanceof Element element) {
            close(element);
        }
    }

    private void open(Element element) {
        String name = element.normalName();
        switch (name) {
            case "h1", "h2", "h3", "h4", "h5", "h6" -> paragraph("#".repeat(name.charAt(1) - '0') + " ");
            case "li" -> line("- ");
            case "tr" -> line("| ");
            case "br" -> line("");
            case "pre" -> {
                paragraph("```\n");
                preformatted++;
            }
            default -> {
                if (element.isBlock() && !CELLS.contains(name)) {
                    block(element);
                }
            }
        }
    }

    private void block(Element element) {
        Element parent = element.parent();
        if (parent != null && (parent.is("li") || parent.is("td") || parent.is("th"))) {
            space();
        } else {
            paragraph("");
        }
    }

    private void close(Element element) {
        String name = element.normalName();
        if (name.equals("pre")) {
            preformatted--;
            line("```\n");
        } else if (CELLS.contains(name)) {
            out.append(" | ");
        } else if (name.length() == 2 && name.charAt(0) == 'h' && Character.isDigit(name.charAt(1))) {
            paragraph("");
        }
    }

    private void append(TextNode node) {
        if (preformatted > 0) {
            out.append(node.getWholeText());
            return;
        }
        String text = node.getWholeText().replaceAll("[\\s\u00A0]+", " ");
        boolean atStart = out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
        out.append(atStart ? text.stripLeading() : text);
    }

    private void space() {
        if (!out.isEmpty() && !Character.isWhitespace(out.charAt(out.length() - 1))) {
            out.append(' ');
        }
    }

    private void line(String prefix) {
        while (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
            out.setLength(out.length() - 1);
        }
        if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
            out.append('\n');
        }
        out.append(prefix);
    }

    private void paragraph(String prefix) {
        line("");
        if (!out.isEmpty()) {
            out.append('\n');
        }
        out.append(prefix);
    }
}
