package io.agentruntime.examples.documents;

import io.agentruntime.context.UsageContext;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers questions over the processed documents. */
@Command(
        name = "ask",
        description = "Answer questions over the processed documents. "
                + "The same question in the same session over the same documents is answered from the cache.")
final class AskCommand extends ApplicationCommand {
    @Option(
            names = "--organisation",
            paramLabel = "NAME",
            defaultValue = "local",
            description = "Whose documents to search, and who pays (default: ${DEFAULT-VALUE}).")
    private String organisation = "local";

    @Option(
            names = "--session",
            paramLabel = "ID",
            defaultValue = "cli",
            description = "The conversation that the questions belong to (default: ${DEFAULT-VALUE}).")
    private String session = "cli";

    @Option(
            names = "--stream",
            description = "Print an answer while the model writes it; Ctrl-C cancels it. "
                    + "The embedded model and the cache give theirs at once.")
    private boolean stream;

    @Parameters(
            arity = "0..*",
            paramLabel = "QUESTION",
            description = "The questions, one per argument; without any, one per line of the standard input.")
    private List<String> questions = List.of();

    AskCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void check() {
        owner(organisation, AskService.FEATURE, session);
        checkProcessed();
    }

    @Override
    List<String> work(Application application) throws InterruptedException {
        UsageContext owner = owner(organisation, AskService.FEATURE, session);
        List<StoredDocument> documents = AskService.documents(application, owner);
        if (documents.isEmpty()) {
            application.audit().refusedQuestions(owner);
            throw CannotRunException.failed(
                    output() + ": no document of the organisation " + organisation + " was processed yet");
        }
        console().line(application.model().description());
        AskService service = new AskService(application, owner, documents);
        Iterator<String> next = questions().iterator();
        while (next.hasNext() && !application.hook().stopping()) {
            answer(application.calls(), service, next.next());
        }
        return List.of("", application.usage().line());
    }

    private Stream<String> questions() {
        Stream<String> all = questions.isEmpty()
                ? new BufferedReader(new InputStreamReader(surroundings().input(), StandardCharsets.UTF_8)).lines()
                : questions.stream();
        return all.map(String::strip).filter(question -> !question.isEmpty());
    }

    private void answer(ModelCalls calls, AskService service, String question) throws InterruptedException {
        try {
            AnswerPrinter printer = new AnswerPrinter(calls, console(), question);
            AskResult result = service.ask(question, stream ? printer::ask : calls::answer);
            (printer.begun() ? result.foot() : result.lines()).forEach(console()::line);
        } catch (CompletionException e) {
            if (Made.isStop(e)) {
                Printable.wrapped("Not answered: ", question).forEach(console()::line);
            } else {
                console().problem("\"" + question + "\": " + Made.reason(e));
            }
        }
    }
}
