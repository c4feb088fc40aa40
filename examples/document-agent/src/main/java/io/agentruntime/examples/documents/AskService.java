package io.agentruntime.examples.documents;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.agentruntime.cache.Content;
import io.agentruntime.cache.ContentCache;
import io.agentruntime.cache.ContentKind;
import io.agentruntime.cache.ContentSource;
import io.agentruntime.context.UsageContext;
import io.agentruntime.examples.documents.RunUsage.Request;
import io.agentruntime.examples.documents.embedded.PassageIndex;
import io.agentruntime.examples.documents.prompts.Answer;
import io.agentruntime.examples.documents.prompts.Answers;
import io.agentruntime.examples.documents.prompts.Passage;
import io.agentruntime.examples.documents.prompts.Prompts;
import io.agentruntime.storage.BlobName;
import io.agentruntime.usage.TokenCounts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Answers questions from passages of the processed documents, in one session, behind a response cache.
 *
 * <p>An answer is served again in the same session as long as the documents, the model and its prompt are the same. Only the
 * calling thread waits; use an instance in one thread.
 */
final class AskService {
    /** The feature that its model calls are accounted to. */
    static final String FEATURE = "ask";

    private final Application application;
    private final Pools pools;
    private final ContentCache cache;
    private final UsageContext owner;
    private final List<StoredDocument> documents;
    private final String variant;
    private final PassageTool tool;
    private volatile List<Passage> passages = List.of();

    AskService(Application application, UsageContext owner, List<StoredDocument> documents) {
        this.application = application;
        this.pools = application.pools();
        this.cache = application.runtime().content();
        this.owner = owner;
        this.documents = documents;
        this.variant = Product.variant(application.model().name(), Prompts.answer("", List.of()));
        this.tool = new PassageTool(application.runtime(), this::search);
    }

    /** Finds the processed documents of an organisation. */
    static List<StoredDocument> documents(Application application, UsageContext owner) throws InterruptedException {
        Pools pools = application.pools();
        Library library = application.library();
        List<BlobName> blobs = pools.io(owner, library::list).join();
        return application
                .inFlight()
                .each(blobs, blob -> pools.io(owner, () -> library.find(blob)), application.hook()::stopping)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Answers a question; throws what the model or the storage failed with, in a CompletionException.
     *
     * @param model asks the model once
     */
    AskResult ask(String question, Function<ChatRequest, AiMessage> model) throws InterruptedException {
        ContentSource source = source(question);
        ContentKind<Answer> kind = kind(question);
        Optional<Content<Answer>> found =
                pools.io(owner, () -> cache.find(source, kind)).join();
        if (found.isPresent()) {
            application.audit().question(owner, question, "cached");
            return new AskResult(question, found.get().value(), true, TokenCounts.ZERO);
        }
        loadPassages();
        Request request =
                application.usage().begin("question " + AuditTrail.hash(question)); // its text stays off the bill
        UsageContext asker = owner.withRequest(request.id());
        try {
            Answer answer = pools.query(asker, () -> search(question))
                    .thenCompose(best -> pools.agent(
                            asker, () -> answer(question, best, model), made -> cache.save(source, kind, made)))
                    .join()
                    .value();
            application.audit().question(asker, question, "answered");
            return new AskResult(question, answer, false, request.tally().tokens());
        } catch (CompletionException e) {
            application.audit().question(asker, question, Made.isStop(e) ? "stopped" : "failed");
            throw e;
        } finally {
            application.usage().end(request);
        }
    }

    private void loadPassages() throws InterruptedException {
        if (passages.isEmpty()) {
            passages = new PassageShelf(application, owner).passages(documents);
        }
    }

    private List<Passage> search(String query) {
        return new PassageIndex(application.encoder().get()).rank(query, passages);
    }

    private Answer answer(String question, List<Passage> best, Function<ChatRequest, AiMessage> model) {
        String text = new ToolRounds(tool, model).answer(Prompts.answer(question, best));
        return known(Answers.answer(question, text));
    }

    /** Leaves out the sources that the model has made up. */
    private Answer known(Answer answer) {
        List<String> sources = answer.sources().stream()
                .distinct()
                .filter(source -> documents.stream()
                        .anyMatch(document -> oneLine(document.name()).equals(oneLine(source))))
                .toList();
        return new Answer(answer.text(), sources);
    }

    /** Names are on one line in prompts. */
    private static String oneLine(String name) {
        return name.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    }

    /** Changes with every document, and stands under the name of the session. */
    private ContentSource source(String question) {
        String content = documents.stream()
                .map(document -> document.hash() + " " + document.name().length() + " " + document.name())
                .collect(Collectors.joining("\n", "", "\n" + question));
        return ContentSource.of("session " + owner.session(), content);
    }

    private ContentKind<Answer> kind(String question) {
        return new ContentKind<>("answer-" + AuditTrail.hash(question), Answer.class, variant);
    }
}
