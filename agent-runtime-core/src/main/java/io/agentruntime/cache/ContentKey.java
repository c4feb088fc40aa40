package io.agentruntime.cache;

import static java.util.Objects.requireNonNull;

import io.agentruntime.context.UsageContext;
import io.agentruntime.storage.BlobName;

/** Whose content of which kind from which source. The organisation comes first: no key reaches into another one's entries. */
record ContentKey<T>(String organisation, ContentSource source, ContentKind<T> kind) {

    private static final String FOLDER = "generated";

    /** Makes a key for the organisation whose context is open. */
    static <T> ContentKey<T> of(ContentSource source, ContentKind<T> kind) {
        requireNonNull(source, "source");
        requireNonNull(kind, "kind");
        return new ContentKey<>(UsageContext.required().organisation(), source, kind);
    }

    static BlobName folder() {
        return BlobName.of(UsageContext.required().organisation(), FOLDER);
    }

    static BlobName folder(String document) {
        return folder().child(document);
    }

    BlobName blob() {
        return BlobName.of(organisation, FOLDER, source.document(), kind.name() + ".json");
    }
}
