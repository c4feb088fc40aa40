package io.agentruntime.examples.documents.reading;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;

/** Makes PDF files for tests. */
final class PdfFiles {
    private PdfFiles() {}

    static byte[] document(String heading, List<String> lines) throws IOException {
        try (PDDocument document = new PDDocument()) {
            addPage(document, heading, lines);
            return bytes(document);
        }
    }

    static byte[] empty() throws IOException {
        try (PDDocument document = new PDDocument()) {
            document.addPage(new PDPage());
            return bytes(document);
        }
    }

    static byte[] encrypted(String password) throws IOException {
        try (PDDocument document = new PDDocument()) {
            addPage(document, "Secret", List.of("Nobody may read this."));
            AccessPermission permission = new AccessPermission();
            permission.setCanExtractContent(false);
            StandardProtectionPolicy policy = new StandardProtectionPolicy("owner", password, permission);
            policy.setEncryptionKeyLength(128);
            document.protect(policy);
            return bytes(document);
        }
    }

    private static void addPage(PDDocument document, String heading, List<String> lines) throws IOException {
        PDPage page = new PDPage();
        document.addPage(page);
        try (PDPageContentStream content = new PDPageContentStream(document, page)) {
            content.beginText();
            content.newLineAtOffset(72, 700);
            content.setFont(new PDType1Font(FontName.HELVETICA_BOLD), 18);
            content.showText(heading);
            content.setFont(new PDType1Font(FontName.HELVETICA), 11);
            content.newLineAtOffset(0, -40);
            for (String line : lines) {
                content.showText(line);
                content.newLineAtOffset(0, -13);
            }
            content.endText();
        }
    }

    private static byte[] bytes(PDDocument document) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        document.save(out);
        return out.toByteArray();
    }
}
