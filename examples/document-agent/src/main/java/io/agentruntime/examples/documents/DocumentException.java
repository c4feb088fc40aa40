package io.agentruntime.examples.documents;

/** Says in one line which document cannot be used, and why. */
final class DocumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String document;

    DocumentException(String document, String reason) {
        super(singleLine(document + ": " + reason));
        this.document = document;
    }

    DocumentException(String document, String reason, Throwable cause) {
        super(singleLine(document + ": " + reason), cause);
        this.document = document;
    }

    /** The name of the document, as the user gave it. */
    String document() {
        return document;
    }

    private static String singleLine(String message) {
        return message.replaceAll("\\p{Cntrl}", "?");
    }
}
