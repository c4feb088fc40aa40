package io.agentruntime.examples.documents.outline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.parser.Parser;

/** Removes Markdown and HTML marks from a line of text and keeps what a reader sees. */
final class InlineMarkdown {
    private static final Pattern CODE = Pattern.compile("(`+)(.+?)\\1");
    private static final Pattern IMAGE = Pattern.compile("!\\[[^\\]]*](\\([^)]*\\)|\\[[^\\]]*])?");
    private static final Pattern LINK =
            Pattern.compile("\\[([^\\[\\]]*)](\\([^()]*(\\([^()]*\\)[^()]*){0,2}\\)|\\[[^\\]]*])");
    private static final Pattern SHORT_LINK = Pattern.compile("(?<![\\w\\]])\\[([^\\[\\]\\d][^\\[\\]]+)](?![\\w(\\[])");
    private static final Pattern FOOTNOTE = Pattern.compile("\\[\\^[^\\]]+]:?");
    private static final Pattern TASK_BOX = Pattern.compile("^\\[[ xX]]\\s+");
    private static final Pattern TAG = Pattern.compile("</?[a-zA-Z!][^<>]*>|<https?://[^<>]*>");
    private static final Pattern STRONG =
            Pattern.compile("(\\*\\*|~~)(?=\\S)(.+?)(?<=\\S)\\1|(?<!\\w)__(?=\\S)(.+?)(?<=\\S)__(?!\\w)");
    private static final Pattern EMPHASIS = Pattern.compile("(?<![\\w*_])([*_])(?=\\S)([^*_]+?)(?<=\\S)\\1(?![\\w*_])");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([\\\\`*_{}\\[\\]()#+.!|<>-])");
    private static final Pattern SYMBOLS = Pattern.compile("[\\p{So}\\uFE0F\\u200D]+");
    private static final String HIDDEN = "<>*_[]~\\";
    private static final char HIDDEN_BASE = '\uE000';

    private InlineMarkdown() {}

    static String clean(String line) {
        String text = hideCode(line);
        text = IMAGE.matcher(text).replaceAll("");
        text = LINK.matcher(text).replaceAll("$1");
        text = FOOTNOTE.matcher(text).replaceAll("");
        text = TASK_BOX.matcher(text).replaceAll("");
        text = TAG.matcher(text).replaceAll("");
        text = STRONG.matcher(text).replaceAll("$2$3");
        text = EMPHASIS.matcher(text).replaceAll("$2");
        text = ESCAPE.matcher(text).replaceAll("$1");
        text = SHORT_LINK.matcher(text).replaceAll("$1");
        text = text.replace("**", "");
        text = SYMBOLS.matcher(text).replaceAll(" ");
        return Parser.unescapeEntities(show(text), false)
                .replaceAll("[\\s\\u00A0]+", " ")
                .replaceAll(" ([.,;:!?])(?=\\s|$)", "$1")
                .strip();
    }

    /** Takes the marks off a code span and protects its content from the other rules. */
    private static String hideCode(String line) {
        return CODE.matcher(line).replaceAll(found -> {
            StringBuilder hidden = new StringBuilder();
            for (char c : found.group(2).toCharArray()) {
                int index = HIDDEN.indexOf(c);
                hidden.append(index < 0 ? c : (char) (HIDDEN_BASE + index));
            }
            return Matcher.quoteReplacement(hidden.toString());
        });
    }

    private static String show(String text) {
        String shown = text;
        for (int i = 0; i < HIDDEN.length(); i++) {
            shown = shown.replace((char) (HIDDEN_BASE + i), HIDDEN.charAt(i));
        }
        return shown;
    }
}
