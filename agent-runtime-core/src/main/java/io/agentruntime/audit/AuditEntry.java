package io.agentruntime.audit;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was done, or tried. Immutable and thread-safe.
 *
 * @param id names the entry; storing the same id twice stores it once
 * @param at when it was done
 * @param organisation on whose behalf
 * @param feature the part of the application that did it
 * @param user the person who asked for it, or null if unknown
 * @param session the conversation, or null if there was none
 * @param request the single request, or null if there was none
 * @param action what was done, in the words of the application: {@code document.delete}, for instance
 * @param subject to what, or empty
 * @param outcome how it ended, in the words of the application: {@code done} or {@code denied}, for instance
 * @param details whatever else is worth keeping; copied
 */
public record AuditEntry(
        UUID id,
        Instant at,
        String organisation,
        String feature,
        @Nullable String user,
        @Nullable String session,
        @Nullable String request,
        String action,
        String subject,
        String outcome,
        Map<String, String> details) {

    /**
     * Checks and copies what it is given.
     *
     * @throws IllegalArgumentException if the action or the outcome is blank
     */
    public AuditEntry {
        requireNonNull(id, "id");
        requireNonNull(at, "at");
        requireNonNull(organisation, "organisation");
        requireNonNull(feature, "feature");
        requireNonNull(subject, "subject");
        details = Map.copyOf(details);
        if (action.isBlank() || outcome.isBlank()) {
            throw new IllegalArgumentException("action '" + action + "' or outcome '" + outcome + "' is blank");
        }
    }

    /**
     * Makes an entry for the owner whose context is open, under a new id and without details.
     *
     * @param at when it was done
     * @param action what was done
     * @param subject to what, or empty
     * @param outcome how it ended
     * @return the entry
     * @throws io.agentruntime.context.MissingContextException if no context is open
     */
    public static AuditEntry of(Instant at, String action, String subject, String outcome) {
        UsageContext owner = UsageContext.required();
        return new AuditEntry(
                UUID.randomUUID(),
                at,
                owner.organisation(),
                owner.feature(),
                owner.user(),
                owner.session(),
                owner.request(),
                action,
                subject,
                outcome,
                Map.of());
    }

    /**
     * Adds details.
     *
     * @param newDetails in place of those it has
     * @return a copy with these details, under the same id
     */
    public AuditEntry withDetails(Map<String, String> newDetails) {
        return new AuditEntry(
                id, at, organisation, feature, user, session, request, action, subject, outcome, newDetails);
    }
}
