package io.agentruntime.examples.documents.reading;

/** Says in one line which document cannot be used, and why. Immutable. */
public final class DocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String document;

    /**
     * Makes an exception without a cause.
     *
     * @param document the name of the document, as the user gave it
     * @param reason why it cannot be used
     */
    public DocumentException(String document, String reason) {
        super(singleLine(document + ": " + reason));
        this.document = document;
    }

    DocumentException(String document, String reason, Throwable cause) {
        super(singleLine(document + ": " + reason), cause);
        this.document = document;
    }

    /**
     * Gives the name of the document.
     *
     * @return the name, as the user gave it
     */
    public String document() {
        return document;
    }

    private static String singleLine(String message) {
        return message.replaceAll("\\p{Cntrl}", "?");
    }
}
