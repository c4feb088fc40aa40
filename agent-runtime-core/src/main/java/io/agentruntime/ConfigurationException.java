package io.agentruntime;

import io.agentruntime.base.AgentRuntimeException;
import java.util.List;

/** Thrown when settings cannot be used. Names every one of them, its value, and what is allowed. */
public final class ConfigurationException extends AgentRuntimeException {

    private static final long serialVersionUID = 1L;

    /** One line per setting. */
    private final String[] problems;

    ConfigurationException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = problems.toArray(String[]::new);
    }

    /**
     * Lists what is wrong.
     *
     * @return one line per setting
     */
    public List<String> problems() {
        return List.of(problems);
    }
}
