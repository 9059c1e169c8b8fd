package digitstream.cli;

import digitstream.common.Secrets;
import digitstream.serde.AvroLimits;
import digitstream.serve.ServeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The entry point of the program. */
@Command(
        name = "digitstream",
        description = "Classify streams of digit images on Apache Kafka, and measure the accuracy of the predictions.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        subcommands = {
            DemoCommand.class,
            LocalCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            ModelCommand.class,
            ModelsCommand.class,
            ServeCommand.class,
            ProduceCommand.class,
            TailCommand.class,
            DashboardCommand.class,
            StatusCommand.class,
            BenchCommand.class,
            TopicsCommand.class
        },
        footer = {"", "Run 'digitstream COMMAND --help' for help on a command. To get started, run 'digitstream demo'."
        })
public final class Main {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Print the stack trace of an error.")
    private boolean verbose;

    private boolean threadsRemain;

    /** Returns the version in the manifest of the jar of this class. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"digitstream " + (version == null ? "(unknown version)" : version)};
        }
    }

    /** Runs a command and exits with status 0 on success, 1 on failure, or 2 for an invalid command line. */
    public static void main(String[] arguments) {
        AvroLimits.apply();
        // Pictures are drawn to files only, and a DISPLAY that nobody can connect to must not matter.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        Main main = new Main();
        CommandLine line = commandLine(main);
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, error) -> main.onThreadFailure(line.getErr(), thread, error));
        int status = main.execute(line, arguments);
        System.out.flush();
        if (main.threadsRemain) {
            ImmediateExit.with(status);
        }
        // Libraries' non-daemon threads must not keep the process alive after the command has finished.
        System.exit(status);
    }

    /** Runs a command, prints its errors, and returns the exit status. */
    static int execute(PrintWriter err, List<String> arguments) {
        Main main = new Main();
        return main.execute(commandLine(main).setErr(err), arguments.toArray(String[]::new));
    }

    private int execute(CommandLine line, String... arguments) {
        try {
            UserFolders.ofProcess().setUserHome();
            return line.execute(arguments);
        } catch (Throwable error) {
            // Picocli passes only Exceptions on to the handler. Out of memory is no reason to print a stack trace
            // either.
            Errors.print(line.getErr(), error, verbose);
            return Errors.status(error);
        }
    }

    /**
     * Reports a failure in a thread that does not report its own. Without memory no thread of the process can be relied on, and
     * the command might wait for this one for ever.
     */
    private void onThreadFailure(PrintWriter err, Thread thread, Throwable error) {
        Errors.print(err, "the thread " + thread.getName() + " has failed: ", error, verbose);
        if (error instanceof OutOfMemoryError) {
            Runtime.getRuntime().halt(CommandLine.ExitCode.SOFTWARE);
        }
    }

    static CommandLine commandLine() {
        return commandLine(new Main());
    }

    private static CommandLine commandLine(Main main) {
        CommandLine line = new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, new Values.PathConverter())
                .registerConverter(int.class, new Values.IntConverter())
                .registerConverter(Integer.class, new Values.IntConverter())
                .registerConverter(long.class, new Values.LongConverter())
                .registerConverter(Long.class, new Values.LongConverter())
                .setParameterExceptionHandler(Main::invalidCommandLine)
                .setExecutionExceptionHandler((exception, failed, parsed) -> {
                    main.threadsRemain = ServeException.leavesThreads(exception);
                    Errors.print(failed.getErr(), exception, main.verbose);
                    return Errors.status(exception);
                });
        // Picocli prints bold text on every terminal.
        return Terminal.canRedraw(System.getenv("TERM"))
                ? line
                : line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    }

    private static int invalidCommandLine(CommandLine.ParameterException exception, String[] arguments) {
        CommandLine line = exception.getCommandLine();
        line.getErr()
                .println("digitstream: " + Secrets.masked(Errors.oneLine(String.valueOf(exception.getMessage())))
                        + "; see `" + line.getCommandSpec().qualifiedName() + " --help`");
        return CommandLine.ExitCode.USAGE;
    }

    private Main() {}
}
