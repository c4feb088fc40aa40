package io.agentruntime.examples.documents.reading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Reads Markdown, plain text, HTML and PDF files into text; headings become lines that begin with {@code #}. */
final class DocumentReader {
    /** The largest file that is read, in bytes. */
    static final int MAX_BYTES = 10 * 1024 * 1024;

    private DocumentReader() {}

    /**
     * Reads a document.
     *
     * @throws DocumentException if the file is missing, unreadable, too large, damaged, or holds no text
     */
    static String read(DocumentFile file) {
        return text(file, bytes(file));
    }

    /**
     * Takes the text out of the bytes of a document.
     *
     * @throws DocumentException if they are damaged or hold no text
     */
    static String text(DocumentFile file, byte[] bytes) {
        String text = toText(file, bytes).strip();
        if (text.codePoints().noneMatch(Character::isLetterOrDigit)) {
            throw new DocumentException(file.name(), "no text in this file");
        }
        return text;
    }

    private static String toText(DocumentFile file, byte[] bytes) {
        return switch (extension(file.path())) {
            case "pdf" -> PdfText.read(file.name(), bytes);
            case "html", "htm" -> HtmlText.read(file.name(), bytes);
            default -> PlainText.read(file.name(), bytes);
        };
    }

    /**
     * Reads the bytes of a document.
     *
     * @throws DocumentException if the file is missing, unreadable, empty or too large
     */
    static byte[] bytes(DocumentFile file) {
        Path path = file.path();
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new DocumentException(file.name(), "not a regular file");
            }
            return limited(file.name(), path);
        } catch (IOException e) {
            throw new DocumentException(file.name(), reason(e), e);
        }
    }

    private static byte[] limited(String name, Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new DocumentException(name, "larger than " + MAX_BYTES / (1024 * 1024) + " MiB");
            }
            if (bytes.length == 0) {
                throw new DocumentException(name, "the file is empty");
            }
            return bytes;
        }
    }

    /** Says why a file or folder could not be read. */
    static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "not readable, permission denied";
        }
        return "not readable, " + e.getMessage();
    }

    private static String extension(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
