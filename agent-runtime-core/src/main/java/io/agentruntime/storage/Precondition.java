package io.agentruntime.storage;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What must be true of a name at the moment of a change; else the change is refused with {@link
 * StorageException.Reason#PRECONDITION_FAILED} and nothing is changed. Immutable and thread-safe.
 *
 * @param kind which condition it is
 * @param version the version that must be there, empty unless the kind is {@link Kind#VERSION}
 */
public record Precondition(Kind kind, String version) {

    /** The conditions that there are. */
    public enum Kind {
        /** None: the last writer wins. */
        NONE,
        /** There is no blob of this name. */
        ABSENT,
        /** There is a blob of this name, in this version. */
        VERSION
    }

    private static final Precondition NONE = new Precondition(Kind.NONE, "");
    private static final Precondition ABSENT = new Precondition(Kind.ABSENT, "");

    /** Checks that a version is given where one is needed, and only there. */
    public Precondition {
        requireNonNull(kind, "kind");
        if (requireNonNull(version, "version").isEmpty() == (kind == Kind.VERSION)) {
            throw new IllegalArgumentException("a condition " + kind + " with the version '" + version
                    + "' (allowed: a version with VERSION, none without)");
        }
    }

    /**
     * Asks for nothing.
     *
     * @return a condition that always holds
     */
    public static Precondition none() {
        return NONE;
    }

    /**
     * Asks that there is no blob of the name.
     *
     * @return the condition
     */
    public static Precondition ifAbsent() {
        return ABSENT;
    }

    /**
     * Asks that a blob is still as it was.
     *
     * @param version what {@link BlobInfo#version} said, not empty
     * @return the condition
     * @throws IllegalArgumentException if the version is empty
     */
    public static Precondition ifVersion(String version) {
        return new Precondition(Kind.VERSION, version);
    }

    /**
     * Says whether the condition holds.
     *
     * @param current the version that is stored, or null if there is no blob of the name
     * @return true if the change may be made
     */
    public boolean holds(@Nullable String current) {
        return switch (kind) {
            case NONE -> true;
            case ABSENT -> current == null;
            case VERSION -> version.equals(current);
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case NONE -> "no condition";
            case ABSENT -> "only if absent";
            case VERSION -> "only if version " + version;
        };
    }
}
