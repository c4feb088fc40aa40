package io.agentruntime.examples.documents;

import java.util.List;
import picocli.CommandLine.Command;

/** Shows what the model calls have cost. */
@Command(name = "usage", description = "Show what all model calls so far have cost, by organisation and feature.")
final class UsageCommand extends ApplicationCommand {
    UsageCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void check() {
        checkProcessed();
    }

    @Override
    List<String> work(Application application) throws InterruptedException {
        return Report.usage(StoreReader.usage(application), usageFile().toString());
    }
}
