package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.embedded.EmbeddedChatModel;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;

/**
 * Which model to use.
 *
 * @param key the key of a model server, or an empty string for the embedded model
 * @param baseUrl where the server is, without a slash at the end
 * @param name the name of the model
 * @param fallback the name of the model to ask where that one is not available, or an empty string for none
 */
record ModelSettings(String key, String baseUrl, String name, String fallback) {
    static final String KEY = "OPENAI_API_KEY";
    private static final String BASE_URL = "OPENAI_BASE_URL";
    private static final String MODEL = "OPENAI_MODEL";
    private static final String FALLBACK = "OPENAI_FALLBACK_MODEL";

    /** Reads the variables, and adds to the problems what cannot be used. A blank variable counts as not set. */
    static ModelSettings read(Map<String, String> environment, List<String> problems) {
        String key = variable(environment, KEY, "");
        if (key.isEmpty()) {
            return new ModelSettings("", "", EmbeddedChatModel.NAME, "");
        }
        String baseUrl = variable(environment, BASE_URL, "https://api.openai.com/v1");
        String name = variable(environment, MODEL, "gpt-4o-mini");
        String fallback = variable(environment, FALLBACK, "");
        check(key.chars().allMatch(c -> c > ' ' && c < 127), KEY + " holds characters that no key has", problems);
        check(isWebAddress(baseUrl), BASE_URL + " is '" + baseUrl + "', allowed: an http or https address", problems);
        checkName(MODEL, name, problems);
        checkName(FALLBACK, fallback, problems);
        check(!fallback.equals(name), FALLBACK + " names the same model as " + MODEL, problems);
        return new ModelSettings(key, baseUrl.replaceAll("/+$", ""), name, fallback);
    }

    boolean embedded() {
        return key.isEmpty();
    }

    private static String variable(Map<String, String> environment, String name, String otherwise) {
        String value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static void checkName(String variable, String name, List<String> problems) {
        check(name.chars().noneMatch(Character::isISOControl), variable + " holds a control character", problems);
    }

    private static void check(boolean usable, String problem, List<String> problems) {
        if (!usable) {
            problems.add(problem);
        }
    }

    private static boolean isWebAddress(String text) {
        try {
            URI uri = new URI(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return name + " at " + baseUrl;
    }
}
