package io.agentruntime.examples.documents;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what an organisation has done. */
@Command(
        name = "audit",
        description =
                "Show which documents and questions an organisation has had processed, answered or refused, and when. "
                        + "Questions are shown as a hash.")
final class AuditCommand extends ApplicationCommand {
    @Option(
            names = "--organisation",
            paramLabel = "NAME",
            defaultValue = "local",
            description = "Whose actions to show (default: ${DEFAULT-VALUE}).")
    private String organisation = "local";

    AuditCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void check() {
        owner(organisation, "audit", null);
        checkProcessed();
    }

    @Override
    List<String> work(Application application) throws InterruptedException {
        String source = output().resolve(Stores.AUDIT_FILE).toString();
        return Report.audit(StoreReader.audit(application, organisation), organisation, source);
    }
}
