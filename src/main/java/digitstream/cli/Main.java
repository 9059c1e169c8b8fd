package digitstream.cli;

import digitstream.serde.AvroLimits;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program's entry. */
@Command(
        name = "digitstream",
        description =
                "Streaming digit classification on Apache Kafka: images in, predictions and rolling accuracy out.",
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
        footer = {"", "Each command has its own --help. Start with: digitstream demo"})
public final class Main {
    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean verbose;

    /** The version of the jar that this class came from. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"digitstream " + (version == null ? "of unknown version" : version)};
        }
    }

    /** Runs a command and exits: 0 when all went well, 1 when not, 2 for a wrong command line. */
    public static void main(String[] arguments) {
        AvroLimits.apply();
        int status = commandLine().execute(arguments);
        System.out.flush();
        // Non-daemon threads of libraries must not keep a finished command alive.
        System.exit(status);
    }

    static CommandLine commandLine() {
        Main main = new Main();
        return new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::wrongCommandLine)
                .setExecutionExceptionHandler((exception, line, parsed) -> {
                    PrintWriter err = line.getErr();
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

    private static int wrongCommandLine(CommandLine.ParameterException exception, String[] arguments) {
        CommandLine line = exception.getCommandLine();
        line.getErr()
                .println("digitstream: " + exception.getMessage() + "; see `"
                        + line.getCommandSpec().qualifiedName() + " --help`");
        return CommandLine.ExitCode.USAGE;
    }

    private Main() {}
}
