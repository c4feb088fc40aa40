package io.agentruntime.examples.documents.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentReaderTest {
    @TempDir
    private Path folder;

    @Test
    void read_markdown_keepsTextAndHeadings() throws IOException {
        assertThat(read("a.md", "# Title\r\n\r\nText with *emphasis*.\r\n"))
                .isEqualTo("# Title\n\nText with *emphasis*.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes.txt", "README", "Main.java", "a.markdown", "DATA.CSV"})
    void read_anyUtf8Text_isText(String name) throws IOException {
        assertThat(read(name, "\uFEFFGrüße, Wörld\t✓")).isEqualTo("Grüße, Wörld\t✓");
    }

    @Test
    void read_html_keepsHeadingsListsTablesAndCode() throws IOException {
        String html = """
                <html><head><title>Page</title><style>p{}</style></head><body><nav>Home</nav>
                <h1>Soup</h1><p>Soup is <b>hot</b>\n water.</p><h2>Ways</h2>
                <ul><li><p>boil</p></li><li>simmer</li></ul><pre>x  = 1;</pre>
                <table><tr><td>a</td><td>b</td></tr></table><script>evil()</script></body></html>""";
        assertThat(read("page.html", html)).isEqualTo("""
                        # Soup

                        Soup is hot water.

                        ## Ways

                        - boil
                        - simmer

                        ```
                        x  = 1;
                        ```

                        | a | b |""");
    }

    @Test
    void read_htmlWithoutHeading_beginsWithTitle() throws IOException {
        String html = "<title>Soup</title><body><p>Soup is hot.</p></body>";
        assertThat(read("page.htm", html)).isEqualTo("# Soup\n\nSoup is hot.");
    }

    @Test
    void read_htmlInDeclaredEncoding_isDecoded() throws IOException {
        byte[] latin = "<meta charset=iso-8859-1><p>Grüße</p>".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(DocumentReader.read(file("latin.html", latin))).isEqualTo("Grüße");
    }

    @Test
    void read_pdf_keepsTextAndHeadings() throws IOException {
        byte[] pdf = PdfFiles.document(
                "Boiling water", List.of("Water boils at 100 degrees at sea", "level and sooner on mountains."));
        assertThat(DocumentReader.read(file("a.pdf", pdf)))
                .startsWith("# Boiling water\n")
                .contains("Water boils at 100 degrees at sea\nlevel and sooner on mountains.");
    }

    @Test
    void read_missingFile_isRejected() {
        Path missing = folder.resolve("none.md");
        assertRejected(() -> DocumentReader.read(new DocumentFile("none.md", missing)), "none.md: no such file");
    }

    @Test
    void read_folder_isRejected() {
        assertRejected(() -> DocumentReader.read(new DocumentFile("docs", folder)), "docs: not a regular file");
    }

    @Test
    void reason_ofFailures_saysWhatHappened() {
        assertThat(DocumentReader.reason(new AccessDeniedException("x"))).isEqualTo("not readable, permission denied");
        assertThat(DocumentReader.reason(new NoSuchFileException("x"))).isEqualTo("no such file");
        assertThat(DocumentReader.reason(new IOException("disk on fire"))).isEqualTo("not readable, disk on fire");
    }

    @Test
    void read_emptyOrBlankFile_isRejected() {
        assertRejected(() -> read("a.md", ""), "a.md: the file is empty");
        assertRejected(() -> read("b.md", " \n\t\n"), "b.md: no text in this file");
        assertRejected(() -> read("c.txt", "--- *** ---"), "c.txt: no text in this file");
    }

    @Test
    void read_binaryContent_isRejected() {
        assertRejected(() -> read("a.txt", "abc\0def"), "a.txt: not a text file, control character 0x00 at position 3");
        assertRejected(() -> read("b.txt", "\u0007"), "b.txt: not a text file, control character 0x07 at position 0");
        assertRejected(
                () -> DocumentReader.read(file("c.md", new byte[] {'a', (byte) 0xC3, '('})),
                "c.md: not a text file, its bytes are not UTF-8");
        assertRejected(
                () -> DocumentReader.read(
                        file("d.html", new byte[] {(byte) 0xFF, (byte) 0xFE, (byte) 0x81, (byte) 0x90, 1})),
                "d.html: not a text file, ");
    }

    @Test
    void read_badPdf_isRejected() throws IOException {
        byte[] good = PdfFiles.document("Title", List.of("Some text."));
        assertRejected(() -> read("a.pdf", "%PDF-1.7 rubbish"), "a.pdf: a broken PDF");
        assertRejected(
                () -> DocumentReader.read(file("b.pdf", java.util.Arrays.copyOf(good, 60))), "b.pdf: a broken PDF");
        assertRejected(() -> DocumentReader.read(file("c.pdf", PdfFiles.empty())), "c.pdf: no text in this PDF");
        assertRejected(
                () -> DocumentReader.read(file("d.pdf", PdfFiles.encrypted("secret"))), "d.pdf: an encrypted PDF");
        assertRejected(
                () -> DocumentReader.read(file("e.pdf", PdfFiles.encrypted(""))),
                "e.pdf: an encrypted PDF that does not allow its text to be read");
        String byCertificate = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
                + "trailer<</Root 1 0 R/Encrypt<</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s4/V 1/Recipients[<00>]>>"
                + "/ID[<00><00>]>>\n%%EOF";
        assertRejected(() -> read("f.pdf", byCertificate), "f.pdf: a");
    }

    @Test
    void read_htmlWithoutText_isRejected() {
        assertRejected(() -> read("a.html", "<p> </p><script>x</script>"), "a.html: no text in this page");
    }

    @Test
    void read_tooLargeFile_isRejected() throws IOException {
        byte[] bytes = new byte[DocumentReader.MAX_BYTES + 1];
        java.util.Arrays.fill(bytes, (byte) 'a');
        DocumentFile large = file("large.txt", bytes);
        assertRejected(() -> DocumentReader.read(large), "large.txt: larger than 10 MiB");
    }

    @Test
    void message_ofStrangeName_isOneLine() {
        assertThat(new DocumentException("a\nb.md", "no\r\nway")).hasMessage("a?b.md: no??way");
    }

    private String read(String name, String content) throws IOException {
        return DocumentReader.read(file(name, content.getBytes(StandardCharsets.UTF_8)));
    }

    private DocumentFile file(String name, byte[] content) throws IOException {
        return new DocumentFile(name, Files.write(folder.resolve(name), content));
    }

    private static void assertRejected(ThrowingCallable reading, String message) {
        assertThatThrownBy(reading).isInstanceOf(DocumentException.class).hasMessageStartingWith(message);
    }
}
