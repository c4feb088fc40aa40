package io.agentruntime.examples.documents;

import java.util.regex.Pattern;

/** What can be told from the words of a heading. */
final class Headings {
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

    /** Whether the heading names a topic of the document rather than a part that every document has. */
    static boolean isTopic(String heading) {
        return heading.codePoints().filter(Character::isLetter).count() > 2
                && heading.length() <= 100
                && !EMPTY.matcher(heading).matches();
    }
}
