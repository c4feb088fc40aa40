package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What the application has around it.
 *
 * @param environment the variables of the environment
 * @param input where questions come from that are not on the command line
 * @param console where everything is printed
 * @param encoder gives the embedding model, the same one at every call
 */
record Surroundings(
        Map<String, String> environment, InputStream input, Console console, Supplier<SentenceEncoder> encoder) {
    Surroundings {
        environment = Map.copyOf(environment);
    }
}
