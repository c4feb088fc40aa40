package io.agentruntime.examples.documents.outline;

import java.util.regex.Pattern;

/** What can be told from the words of a heading. Thread-safe, for it has no state. */
public final class Headings {
    private static final Pattern NUMBER =
            Pattern.compile("^(?:(?:§|Chapter|Section|Part|Appendix|Kapitel|Teil|Abschnitt)\\s*)?"
                    + "(?:\\d+(?:\\.\\d+)*[.):]?|[IVX]+[.)]|[A-Z][.)])\\s*[-–—:]?\\s+(?=\\S)");
    private static final Pattern EMPTY = Pattern.compile(
            "(?i)"
                    + "(table of )?contents|toc|index|references?|see also|links?|notes?|footnotes?|bibliography|copyright.*"
                    + "|acknowledge?ments?|authors?|credits|faq|frequently asked questions|further reading|resources|appendix"
                    + "|inhalt(sverzeichnis)?|quellen|literatur|anhang|impressum|\\[?unreleased]?|version \\S+|v?\\d+(\\.\\d+)+.*|name|synopsis");

    private Headings() {}

    static String withoutNumber(String heading) {
        return NUMBER.matcher(heading)
                .replaceFirst("")
                .replaceFirst("\\s*[:.]$", "")
                .strip();
    }

    /**
     * Tells a topic of a document from a part that every document has.
     *
     * @param heading a heading without its number
     * @return whether it names a topic
     */
    public static boolean isTopic(String heading) {
        return heading.codePoints().filter(Character::isLetter).count() > 2
                && heading.length() <= 100
                && !EMPTY.matcher(heading).matches();
    }
}
