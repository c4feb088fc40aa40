package io.agentruntime.examples.documents.prompts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The user message of a prompt: parts between delimiter lines. The delimiters carry a hash of all parts, so that no
 * part can hold a delimiter of its own prompt. Immutable and thread-safe.
 *
 * @param parts the parts in their order
 */
public record PromptText(List<Part> parts) {
    private static final Pattern PART =
            Pattern.compile("(?ms)^-----BEGIN (\\w+) ([0-9a-f]{16})-----\n(.*?)\n-----END \\1 \\2-----$");
    private static final Pattern HEADER = Pattern.compile("^Document: (.*)\n(?:Heading: (.*)\n)?\n");

    /** Keeps a copy of the list. */
    public PromptText {
        parts = List.copyOf(parts);
    }

    static PromptText document(String name, String text) {
        boolean cut = text.length() > Prompts.MAX_CHARACTERS;
        String header = "Document: " + line(name) + "\n\n";
        return new PromptText(List.of(new Part(cut ? Kind.EXCERPT : Kind.DOCUMENT, header + (cut ? cut(text) : text))));
    }

    static PromptText answer(String question, List<Passage> passages) {
        List<Part> parts = new ArrayList<>(passages(passages).parts());
        parts.add(new Part(Kind.QUESTION, line(question)));
        return new PromptText(parts);
    }

    static PromptText passages(List<Passage> passages) {
        return new PromptText(passages.stream().map(PromptText::part).toList());
    }

    private static Part part(Passage passage) {
        String header = "Document: " + line(passage.document()) + "\nHeading: " + line(passage.heading()) + "\n\n";
        return new Part(Kind.PASSAGE, header + passage.text());
    }

    /**
     * Reads back what {@link #toString()} has written.
     *
     * @param message a user message
     * @return its parts; none if the message has no delimiters
     */
    public static PromptText parse(String message) {
        List<Part> parts = PART.matcher(message)
                .results()
                .map(found -> new Part(Kind.valueOf(found.group(1)), found.group(3)))
                .toList();
        return new PromptText(parts);
    }

    @Override
    public String toString() {
        String hash = hash();
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            if (part.kind() == Kind.EXCERPT) {
                out.append("The document is longer than ")
                        .append(Prompts.MAX_CHARACTERS)
                        .append(" characters; this is its beginning.\n");
            }
            String delimiter = part.kind() + " " + hash + "-----\n";
            out.append("-----BEGIN ")
                    .append(delimiter)
                    .append(part.content())
                    .append("\n-----END ")
                    .append(delimiter);
        }
        return out.toString();
    }

    private String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            parts.forEach(part -> digest.update(part.content().getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String cut(String text) {
        int end = Prompts.MAX_CHARACTERS;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    private static String line(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    /** What a part of a prompt is. */
    public enum Kind {
        /** A whole document. */
        DOCUMENT,
        /** The beginning of a document that is too long. */
        EXCERPT,
        /** A passage of a document. */
        PASSAGE,
        /** A question about the passages. */
        QUESTION
    }

    /**
     * A part of a prompt. Immutable.
     *
     * @param kind what it is
     * @param content its text, for documents and passages after lines that name them
     */
    public record Part(Kind kind, String content) {
        /**
         * Reads the name of the document.
         *
         * @return the name, or an empty string
         */
        public String document() {
            return header(1);
        }

        /**
         * Reads the heading of the passage.
         *
         * @return the heading, or an empty string
         */
        public String heading() {
            return header(2);
        }

        /**
         * Takes off the lines that name the content.
         *
         * @return the rest of the content
         */
        public String text() {
            return kind == Kind.QUESTION ? content : HEADER.matcher(content).replaceFirst("");
        }

        private String header(int group) {
            Matcher matcher = HEADER.matcher(content);
            return matcher.find() && matcher.group(group) != null ? matcher.group(group) : "";
        }
    }
}
