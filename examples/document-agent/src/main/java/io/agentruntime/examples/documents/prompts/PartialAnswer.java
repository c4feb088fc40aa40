package io.agentruntime.examples.documents.prompts;

/** An answer that comes in pieces. Tells its text, as it comes, from the line with its sources. Not thread-safe. */
public final class PartialAnswer {
    private final StringBuilder soFar = new StringBuilder();
    private int given;

    /** Makes an answer of which nothing has come yet. */
    public PartialAnswer() {}

    /**
     * Adds a piece.
     *
     * @param piece what has come of the model's answer
     * @return what of the text can be shown now; empty while it may be the line with the sources
     */
    public String add(String piece) {
        soFar.append(piece);
        return upTo(SourcesLine.mayBegin(soFar.toString()));
    }

    /**
     * Ends the answer.
     *
     * @return the rest of the text; together with what was given before it is the text that {@link Answers#answer} reads
     */
    public String rest() {
        return upTo(SourcesLine.begin(soFar.toString()));
    }

    private String upTo(int end) {
        String text = soFar.substring(given, end);
        given = end;
        return text;
    }
}
