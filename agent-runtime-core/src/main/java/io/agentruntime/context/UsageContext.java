package io.agentruntime.context;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a piece of work: organisation and feature always, user, session, request and metadata where known.
 *
 * <p>A context becomes current for a thread with {@link #open()} and stays so until the scope is closed:
 *
 * <pre>{@code
 * try (var scope = UsageContext.of("acme", "summaries").withSession("s-17").open()) {
 *     model.chat(question); // accounted to acme, summaries, s-17
 * }
 * }</pre>
 *
 * <p>Immutable and thread-safe. Texts must not be blank, must not be longer than {@value #MAX_LENGTH} characters and must not
 * contain control characters.
 *
 * @param organisation the tenant that pays, never null
 * @param feature the part of the application that works, never null
 * @param user the person who asked, or null if unknown
 * @param session the conversation, or null if there is none
 * @param request the single request, or null if there is none
 * @param metadata anything else that should travel along; copied, never null
 */
public record UsageContext(
        String organisation,
        String feature,
        @Nullable String user,
        @Nullable String session,
        @Nullable String request,
        Map<String, String> metadata) {

    /** The longest text that a context takes, in characters. */
    public static final int MAX_LENGTH = 256;

    /**
     * Checks and copies what it is given.
     *
     * @throws IllegalArgumentException if a text is blank, too long or contains a control character
     */
    public UsageContext {
        checkText("organisation", requireNonNull(organisation, "organisation"));
        checkText("feature", requireNonNull(feature, "feature"));
        checkOptional("user", user);
        checkOptional("session", session);
        checkOptional("request", request);
        metadata = Map.copyOf(metadata);
    }

    /**
     * Makes a context that knows its organisation and feature only.
     *
     * @param organisation the tenant that pays
     * @param feature the part of the application that works
     * @return the context
     * @throws IllegalArgumentException if a text is blank, too long or contains a control character
     */
    public static UsageContext of(String organisation, String feature) {
        return new UsageContext(organisation, feature, null, null, null, Map.of());
    }

    /**
     * Begins to describe a context that knows more.
     *
     * @param organisation the tenant that pays
     * @param feature the part of the application that works
     * @return a builder without the rest
     */
    public static Builder builder(String organisation, String feature) {
        return new Builder(organisation, feature);
    }

    /**
     * Finds the context of the code that is running now.
     *
     * @return the current thread's context, or empty if no scope is open
     */
    public static Optional<UsageContext> current() {
        return Optional.ofNullable(ContextFrame.current().now.context);
    }

    /**
     * Gets the context of the code that is running now, and fails if there is none: there is no default organisation.
     *
     * @return the current thread's context
     * @throws MissingContextException if no scope is open on this thread
     */
    public static UsageContext required() {
        UsageContext context = ContextFrame.current().now.context;
        if (context == null) {
            throw new MissingContextException();
        }
        return context;
    }

    /**
     * Makes this context current for the calling thread. Close the scope on the same thread, best with try-with-resources.
     *
     * @return the scope; closing it restores what was current before
     * @throws ContextConflictException if the context of another organisation is current
     */
    public ContextScope open() {
        UsageContext current = ContextFrame.current().now.context;
        if (current != null && !current.organisation.equals(organisation)) {
            throw new ContextConflictException(current.organisation, organisation);
        }
        return ContextScope.open(this);
    }

    /**
     * Makes this context current for the calling thread, in place of that of any organisation: for code that works for several.
     *
     * @return the scope; closing it restores what was current before
     */
    public ContextScope openReplacing() {
        return ContextScope.open(this);
    }

    /**
     * Names another feature of the same owner.
     *
     * @param newFeature the part of the application that works
     * @return a copy with that feature
     */
    public UsageContext withFeature(String newFeature) {
        return new UsageContext(organisation, newFeature, user, session, request, metadata);
    }

    /**
     * Names the person who asked.
     *
     * @param newUser the person, or null if unknown
     * @return a copy with that user
     */
    public UsageContext withUser(@Nullable String newUser) {
        return new UsageContext(organisation, feature, newUser, session, request, metadata);
    }

    /**
     * Names the conversation.
     *
     * @param newSession the conversation, or null if there is none
     * @return a copy with that session
     */
    public UsageContext withSession(@Nullable String newSession) {
        return new UsageContext(organisation, feature, user, newSession, request, metadata);
    }

    /**
     * Names the single request.
     *
     * @param newRequest the request, or null if there is none
     * @return a copy with that request
     */
    public UsageContext withRequest(@Nullable String newRequest) {
        return new UsageContext(organisation, feature, user, session, newRequest, metadata);
    }

    /**
     * Adds one entry to the metadata, or replaces it.
     *
     * @param key the name of the entry
     * @param value its value
     * @return a copy with that entry
     */
    public UsageContext withMetadata(String key, String value) {
        Map<String, String> entries = new HashMap<>(metadata);
        entries.put(requireNonNull(key, "key"), requireNonNull(value, "value"));
        return new UsageContext(organisation, feature, user, session, request, entries);
    }

    /** Describes a context. Not thread-safe. */
    public static final class Builder {

        private final String organisation;
        private final String feature;
        private final Map<String, String> metadata = new HashMap<>();
        private @Nullable String user;
        private @Nullable String session;
        private @Nullable String request;

        private Builder(String organisation, String feature) {
            this.organisation = requireNonNull(organisation, "organisation");
            this.feature = requireNonNull(feature, "feature");
        }

        /**
         * Names the person who asked.
         *
         * @param newUser the person, or null if unknown
         * @return this builder
         */
        public Builder user(@Nullable String newUser) {
            user = newUser;
            return this;
        }

        /**
         * Names the conversation.
         *
         * @param newSession the conversation, or null if there is none
         * @return this builder
         */
        public Builder session(@Nullable String newSession) {
            session = newSession;
            return this;
        }

        /**
         * Names the single request.
         *
         * @param newRequest the request, or null if there is none
         * @return this builder
         */
        public Builder request(@Nullable String newRequest) {
            request = newRequest;
            return this;
        }

        /**
         * Adds one entry to the metadata, or replaces it.
         *
         * @param key the name of the entry
         * @param value its value
         * @return this builder
         */
        public Builder metadata(String key, String value) {
            metadata.put(requireNonNull(key, "key"), requireNonNull(value, "value"));
            return this;
        }

        /**
         * Makes the context.
         *
         * @return the context
         * @throws IllegalArgumentException if a text is blank, too long or contains a control character
         */
        public UsageContext build() {
            return new UsageContext(organisation, feature, user, session, request, metadata);
        }
    }

    private static void checkOptional(String name, @Nullable String text) {
        if (text != null) {
            checkText(name, text);
        }
    }

    private static void checkText(String name, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " is blank");
        }
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(name + " has " + text.length() + " characters, allowed: " + MAX_LENGTH);
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(name + " contains a control character");
        }
    }
}
