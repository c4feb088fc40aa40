package io.agentruntime.examples.documents.reading;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/** Extracts the text of a PDF file; lines in a larger font than the body text become headings. */
final class PdfText extends PDFTextStripper {
    private static final double HEADING_RATIO = 1.12;
    private static final int MAX_HEADING = 120;

    private final List<Line> lines = new ArrayList<>();
    private final StringBuilder current = new StringBuilder();
    private int currentSize;
    private int characters;

    private PdfText() {
        setSortByPosition(true);
        setAddMoreFormatting(true);
    }

    static String read(String name, byte[] bytes) {
        try (PDDocument document = Loader.loadPDF(bytes)) {
            if (!document.getCurrentAccessPermission().canExtractContent()) {
                throw new DocumentException(name, "an encrypted PDF that does not allow its text to be read");
            }
            PdfText text = new PdfText();
            text.writeText(document, Writer.nullWriter());
            return text.render(name);
        } catch (InvalidPasswordException e) {
            throw new DocumentException(name, "an encrypted PDF", e);
        } catch (TooMuchText e) {
            throw new DocumentException(
                    name, "a PDF with more text than " + DocumentReader.MAX_BYTES + " characters", e);
        } catch (IOException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException
                | NullPointerException
                | IndexOutOfBoundsException e) {
            throw new DocumentException(name, "a broken PDF", e);
        }
    }

    @Override
    protected void writeString(String text, List<TextPosition> positions) throws IOException {
        current.append(text);
        for (TextPosition position : positions) {
            currentSize = Math.max(currentSize, Math.round(position.getFontSizeInPt() * 2));
        }
        characters += text.length();
        if (characters > DocumentReader.MAX_BYTES) {
            throw new TooMuchText();
        }
    }

    @Override
    protected void writeWordSeparator() {
        current.append(' ');
    }

    @Override
    protected void writeLineSeparator() {
        if (!current.isEmpty()) {
            lines.add(new Line(current.toString().strip(), currentSize));
            current.setLength(0);
            currentSize = 0;
        }
    }

    @Override
    protected void writeParagraphEnd() throws IOException {
        writeLineSeparator();
        lines.add(Line.BREAK);
        super.writeParagraphEnd();
    }

    private String render(String name) throws IOException {
        writeParagraphEnd();
        if (lines.stream().allMatch(line -> line.text().isBlank())) {
            throw new DocumentException(name, "no text in this PDF");
        }
        int body = bodySize();
        StringBuilder out = new StringBuilder();
        for (Line line : lines) {
            append(out, line, line.size() > body * HEADING_RATIO && line.text().length() <= MAX_HEADING);
        }
        String text = out.toString()
                .replaceAll("[\\p{Cntrl}&&[^\n\t]]", " ")
                .replaceAll("(?<=\\p{L})-\n(?=\\p{Ll})", "")
                .replaceAll("\n{3,}", "\n\n");
        return PlainText.checked(name, text);
    }

    private static void append(StringBuilder out, Line line, boolean heading) {
        if (heading && line.text().codePoints().anyMatch(Character::isLetter)) {
            out.append("\n\n# ").append(line.text()).append("\n\n");
        } else {
            out.append(line.text()).append('\n');
        }
    }

    private int bodySize() {
        Map<Integer, Integer> charactersBySize = lines.stream()
                .collect(Collectors.groupingBy(
                        Line::size, Collectors.summingInt(line -> line.text().length())));
        return charactersBySize.entrySet().stream()
                .max(Comparator.comparing(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(0);
    }

    /** A line of a page with the size of its font, in half points. */
    private record Line(String text, int size) {
        static final Line BREAK = new Line("", 0);
    }

    /** Ends the reading of a PDF that unpacks to more text than is accepted. */
    private static final class TooMuchText extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
