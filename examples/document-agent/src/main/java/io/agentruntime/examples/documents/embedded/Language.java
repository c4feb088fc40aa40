package io.agentruntime.examples.documents.embedded;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The languages in which {@link EmbeddedChatModel} phrases questions; anything that is not German counts as English. */
final class Language {
    static final Language ENGLISH = new Language(
            "the of and to in is that for it with as on are be this by not or from at an a can you your if when "
                    + "which will was were has have had its their they we he she his her but all one no any each so than "
                    + "then there these those into more most some such may must should would could do does did also only "
                    + "very after before what who how why where out up about over between because while other our us my me "
                    + "i him them been being both same own per via without two three many much new see use used using e.g "
                    + "i.e etc just like within until every never always first even still here let get note");
    static final Language GERMAN = new Language(
            "wer was wann wo warum wieso welche welcher welches wem wen gibt mein meine dein der die das und ist nicht ein eine einen einem einer eines mit für von den dem des zu im auf sich "
                    + "auch werden wird sind es als an bei oder aus dass wie nach durch nur noch kann können wenn aber über "
                    + "zum zur vom beim hat haben war waren wurde wurden sie er wir ich man ihre ihr seine sein diese "
                    + "dieser dieses diesem in am um so da bis unter vor zwischen mehr sehr alle jede jeder kein keine "
                    + "damit muss müssen soll sollen darf dürfen etwa sowie bereits dabei seit ohne");

    private final Set<String> stopWords;

    private Language(String stopWords) {
        this.stopWords = Set.copyOf(List.of(stopWords.split(" ")));
    }

    static Language of(String text) {
        List<String> words = words(text);
        long german = words.stream().filter(GERMAN.stopWords::contains).count();
        long english = words.stream().filter(ENGLISH.stopWords::contains).count();
        return german > english ? GERMAN : ENGLISH;
    }

    boolean isStopWord(String word) {
        return stopWords.contains(word);
    }

    /** The words of a text in lower case. */
    static List<String> words(String text) {
        return List.of(text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"));
    }
}
