package io.agentruntime.cache;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The contents that are being made, so that erasing can tell them that they must not be kept. */
final class Savings {

    private final Set<Saving> underWay = ConcurrentHashMap.newKeySet();

    /** One of them. */
    static final class Saving {

        private final String organisation;
        private final String document;
        private volatile boolean erased;

        private Saving(ContentKey<?> key) {
            this.organisation = key.organisation();
            this.document = key.source().document();
        }

        /** Whether what it was made from has been erased since it began. */
        boolean isErased() {
            return erased;
        }
    }

    Saving begin(ContentKey<?> key) {
        Saving saving = new Saving(key);
        underWay.add(saving);
        return saving;
    }

    void end(Saving saving) {
        underWay.remove(saving);
    }

    /** Tells those of an organisation, or of one of its documents; to be done before the store is searched. */
    void erase(String organisation, @Nullable String document) {
        for (Saving saving : underWay) {
            if (saving.organisation.equals(organisation) && (document == null || document.equals(saving.document))) {
                saving.erased = true;
            }
        }
    }
}
