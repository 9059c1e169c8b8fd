package digitstream.cli;

import digitstream.serde.AvroLimits;
import digitstream.serve.ServeException;
import java.io.PrintWriter;
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
            ServeCommand.class,
            ProduceCommand.class,
            TailCommand.class,
            DashboardCommand.class,
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
        CommandLine line = commandLine();
        int status = line.execute(arguments);
        System.out.flush();
        if (line.getCommandSpec().userObject() instanceof Main main && main.threadsRemain) {
            ImmediateExit.with(status);
        }
        // Libraries' non-daemon threads must not keep the process alive after the command has finished.
        System.exit(status);
    }

    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::invalidCommandLine)
                .setExecutionExceptionHandler((exception, line, parsed) -> {
                    PrintWriter err = line.getErr();
                    main.threadsRemain = ServeException.leavesThreads(exception);
                    Errors.lines(exception).forEach(text -> err.println("digitstream: " + text));
                    if (main.verbose) {
                        exception.printStackTrace(err);
                    }
                    err.flush();
                    return exception instanceof UsageException
                            ? CommandLine.ExitCode.USAGE
                            : CommandLine.ExitCode.SOFTWARE;
                });
    }

    private static int invalidCommandLine(CommandLine.ParameterException exception, String[] arguments) {
        CommandLine line = exception.getCommandLine();
        line.getErr()
                .println("digitstream: " + exception.getMessage() + "; see `"
                        + line.getCommandSpec().qualifiedName() + " --help`");
        return CommandLine.ExitCode.USAGE;
    }

    private Main() {}
}
