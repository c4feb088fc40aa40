package io.agentruntime.examples.documents.outline;

import java.util.List;
import java.util.regex.Pattern;

/** Tells lines of program code and commands from prose, and finds the comments in them. */
final class CodeLines {
    private static final Pattern CODE = Pattern.compile("^\\s*(?:"
            + "(?:[$%>]|sudo|curl|git|mvn|npm|pip|apt(?:-get)?|cd|docker|make|\\./\\S+|java|python3?) \\S.*(?<![.:])"
            + "|(?:import|package|#include|def|class|public|private|protected|static|final|return|from|const|let|var|func|fn"
            + "|if|for|while|else|try|catch|switch|case|export|using|namespace) ?.*[;{(:)\\]}>\"]"
            + "|.*[;{}]|[\\]})]+[;,)]*.*|.*\\)\\s*(?:->|=>).*"
            + "|@\\w+.*|</?\\w.*>|[\\w.\\[\\]]+ *[:+-]?= *\\S.*"
            + "|\\w+(?:\\.\\w+)+\\(.*)$");
    private static final Pattern COMMENT =
            Pattern.compile("^\\s*(?://+|/\\*\\*?|\\*(?!/)|--|;;|\"\"\"|#(?!include|!))\\s*(.*?)(?:\\*/|\"\"\")?\\s*$");

    private CodeLines() {}

    /** Whether most of the lines are code. */
    static boolean isCode(List<String> lines) {
        long code = lines.stream().filter(line -> CODE.matcher(line).matches()).count();
        long comments = lines.stream().filter(CodeLines::isComment).count();
        String first = lines.get(0).strip();
        boolean begins = code > 0 || first.startsWith("/*") || first.startsWith("//");
        return begins && (code + comments) * 2 > lines.size();
    }

    /** Returns the text of the comment lines. */
    static List<String> comments(List<String> lines) {
        return lines.stream()
                .filter(CodeLines::isComment)
                .map(line -> COMMENT.matcher(line).replaceFirst("$1"))
                .toList();
    }

    private static boolean isComment(String line) {
        return COMMENT.matcher(line).matches();
    }
}
