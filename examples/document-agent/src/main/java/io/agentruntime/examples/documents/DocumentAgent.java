package io.agentruntime.examples.documents;

import io.agentruntime.examples.documents.embedded.SentenceEncoder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;

/**
 * The command line of the document agent. Thread-safe, for it has no state.
 *
 * <p>It exits with 0 if everything was done, 1 if something was not, and 2 if nothing could be done with what was given or set.
 */
@Command(
        name = "document-agent",
        description = "Summaries, questions and answers over a folder of documents, with an exact bill of the tokens.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
public final class DocumentAgent {
    private DocumentAgent() {}

    /**
     * Runs a command and ends the process.
     *
     * @param args the command and what belongs to it; {@code --help} lists them
     */
    public static void main(String[] args) {
        Console console = new Console(stream(FileDescriptor.out), stream(FileDescriptor.err));
        System.exit(run(new Surroundings(System.getenv(), System.in, console, new Lazy<>(SentenceEncoder::new)), args));
    }

    /** Runs a command and returns its exit code. */
    static int run(Surroundings surroundings, String... args) {
        Console console = surroundings.console();
        StringWriter help = new StringWriter();
        CommandLine commands = new CommandLine(new DocumentAgent())
                .addSubcommand(new ProcessCommand(surroundings))
                .addSubcommand(new AskCommand(surroundings))
                .addSubcommand(new UsageCommand(surroundings))
                .addSubcommand(new AuditCommand(surroundings))
                .setExpandAtFiles(false)
                .setUsageHelpWidth(Console.WIDTH)
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setOut(new PrintWriter(help))
                .setParameterExceptionHandler((e, unused) -> unusable(console, e))
                .setExecutionExceptionHandler((e, command, result) -> failed(console, e));
        int exitCode = commands.execute(args);
        help.toString().lines().forEach(console::line);
        return exitCode;
    }

    private static int unusable(Console console, ParameterException e) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.problem(e.getMessage() + "; see " + command + " --help");
        return ExitCodes.UNUSABLE;
    }

    private static int failed(Console console, Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        console.problem("unexpected: " + e);
        return ExitCodes.FAILED;
    }

    /** Prints in the terminal's encoding, and in UTF-8 where the terminal has not been told of any. */
    private static PrintStream stream(FileDescriptor target) {
        String name = System.getProperty("stdout.encoding", System.getProperty("native.encoding", "UTF-8"));
        Charset terminal = Charset.forName(name);
        Charset charset = terminal.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : terminal;
        return new PrintStream(new FileOutputStream(target), false, charset);
    }
}
