package io.agentruntime.examples.documents;

import java.util.List;

/** Says, in one line each, what keeps the application from doing anything at all. */
final class CannotRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String[] problems;
    private final int exitCode;

    CannotRunException(List<String> problems, int exitCode) {
        super(String.join("; ", problems));
        this.problems = problems.toArray(String[]::new);
        this.exitCode = exitCode;
    }

    /** Says that what the user has set or given cannot be used. */
    static CannotRunException unusable(String problem) {
        return new CannotRunException(List.of(problem), ExitCodes.UNUSABLE);
    }

    /** Says that something else is in the way. */
    static CannotRunException failed(String problem) {
        return new CannotRunException(List.of(problem), ExitCodes.FAILED);
    }

    List<String> problems() {
        return List.of(problems);
    }

    int exitCode() {
        return exitCode;
    }
}
