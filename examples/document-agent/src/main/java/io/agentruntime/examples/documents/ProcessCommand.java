package io.agentruntime.examples.documents;

import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.reading.DocumentFinder;
import io.agentruntime.examples.documents.reading.FoundDocuments;
import io.agentruntime.storage.BlobName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a summary, frequently asked questions and suggested questions of every document. */
@Command(
        name = "process",
        description = "Make a summary, frequently asked questions and suggested questions of every document. "
                + "What is unchanged since the last run comes from the cache.")
final class ProcessCommand extends ApplicationCommand {
    private static final String FEATURE = "documents";

    @Option(
            names = "--organisation",
            paramLabel = "NAME",
            defaultValue = "local",
            description = "Who pays, and whose cache it is (default: ${DEFAULT-VALUE}).")
    private String organisation = "local";

    @Option(names = "--session", paramLabel = "ID", description = "The conversation that the usage is accounted to.")
    private @Nullable String session;

    @Parameters(
            arity = "1..*",
            paramLabel = "PATH",
            description = "Files, and folders with Markdown, plain text, HTML and PDF files.")
    private List<String> paths = List.of();

    ProcessCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void check() {
        owner(organisation, FEATURE, session);
    }

    @Override
    List<String> work(Application application) throws InterruptedException {
        UsageContext owner = owner(organisation, FEATURE, session);
        FoundDocuments found = DocumentFinder.find(paths, output());
        found.problems().forEach(problem -> {
            console().problem(problem.document() + ": " + Made.reason(problem));
            application.audit().refusedDocument(owner, problem.document());
        });
        if (found.documents().isEmpty()) {
            return List.of();
        }
        console().line(application.model().description());
        console()
                .line("Documents: " + Table.number(found.documents().size()) + " of the organisation "
                        + Printable.line(organisation));
        console().line("Results: " + Printable.line(place().of(BlobName.of(organisation, "generated"))));
        console().line("");
        List<DocumentResult> results =
                new DocumentRun(application, owner, found.documents().size()).process(found.documents());
        return report(application, results);
    }

    private List<String> report(Application application, List<DocumentResult> results) throws InterruptedException {
        List<String> lines = new ArrayList<>(List.of(""));
        lines.addAll(Report.documents(results));
        lines.add("");
        lines.addAll(Report.usage(StoreReader.usage(application), usageFile().toString()));
        lines.add("");
        lines.add(application.usage().line());
        long incomplete = results.stream().filter(result -> !result.complete()).count();
        if (incomplete > 0) {
            lines.add(Table.count(incomplete, "document") + " could not be completed; the next run tries again.");
        } else if (results.stream().allMatch(DocumentResult::unchanged)) {
            lines.add("Nothing changed: every answer came from the cache.");
        }
        return lines;
    }
}
