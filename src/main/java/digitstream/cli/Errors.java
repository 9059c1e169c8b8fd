package digitstream.cli;

import digitstream.common.Causes;
import digitstream.common.Secrets;
import digitstream.dashboard.DashboardException;
import digitstream.data.DataException;
import digitstream.local.LocalException;
import digitstream.model.ModelException;
import digitstream.monitoring.MonitoringException;
import digitstream.serde.RegistryUnavailableException;
import digitstream.serve.ServeException;
import digitstream.settings.InvalidSettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine.ExitCode;

/** Formats exceptions as messages for the user, without passwords. */
final class Errors {
    /** How Kafka's message begins about addresses that are well-formed but unknown, which is no fault of the value. */
    private static final String NOT_RESOLVABLE = "No resolvable bootstrap urls";

    /** A word of sasl.jaas.config that Kafka repeats; it may be a part of a password that was not quoted. */
    private static final Pattern JAAS_WORD = Pattern.compile(" '.*'(?= in JAAS config)", Pattern.DOTALL);

    /** Kafka's clients say this where they can't be built from their settings. */
    private static final Pattern UNCREATED_CLIENT = Pattern.compile("^Failed to (create new|construct) ");

    private static final int MAX_CHARACTERS = 2_000;

    /** What PyTorch's allocators for the processor and for CUDA say. */
    private static final Pattern NATIVE_MEMORY =
            Pattern.compile("can't allocate memory|not enough memory|CUDA out of memory|std::bad_alloc");

    private Errors() {}

    /** Prints one line per problem, and the stack trace if it is asked for. */
    static void print(PrintWriter out, Throwable error, boolean verbose) {
        print(out, "", error, verbose);
    }

    /** Prints the same with something in front of each problem. */
    static void print(PrintWriter out, String where, Throwable error, boolean verbose) {
        lines(error).forEach(text -> out.println("digitstream: " + where + text));
        if (verbose) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            trace.toString().lines().map(Secrets::masked).forEach(out::println);
        }
        out.flush();
    }

    /** Returns the exit status: 2 for a value that an option or setting does not accept, 1 for everything else. */
    static int status(Throwable error) {
        boolean wrongValue = error instanceof UsageException
                || error instanceof InvalidSettingsException
                || Causes.first(error, ConfigException.class)
                        .filter(fault -> !isUnresolvable(fault))
                        .isPresent();
        return wrongValue ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    /** Returns one line per problem, without a stack trace. */
    static List<String> lines(Throwable error) {
        return problems(error).stream()
                .map(Errors::oneLine)
                .map(Secrets::masked)
                .toList();
    }

    private static List<String> problems(Throwable error) {
        if (error instanceof InvalidSettingsException settings) {
            return settings.faults();
        }
        Optional<Error> fatal = JavaErrors.in(error);
        if (isForUser(error)) {
            // ModelException says itself what to do about PyTorch's native library.
            String remedy =
                    fatal.isEmpty() || error instanceof ModelException ? "" : "; " + JavaErrors.remedy(fatal.get());
            return List.of(error.getMessage() + remedy);
        }
        if (fatal.isPresent()) {
            return List.of(JavaErrors.explain(fatal.get()));
        }
        if (error instanceof TimeoutException) {
            return List.of("no broker responds (" + error.getMessage()
                    + "); check --bootstrap-server, and --command-config if the cluster requires authentication");
        }
        if (error instanceof KafkaException) {
            boolean ofSettings =
                    UNCREATED_CLIENT.matcher(String.valueOf(error.getMessage())).find();
            return List.of("Kafka: " + kafka(Causes.root(error, KafkaException.class), ofSettings));
        }
        if (error instanceof InterruptedException) {
            return List.of("interrupted");
        }
        if (error instanceof FileSystemException file) {
            return List.of(file.getFile() + " can't be read or written (" + Writable.reason(file)
                    + "); check that its folder exists and is writable");
        }
        if (error instanceof IOException && error.getMessage() != null) {
            return List.of(
                    "a file can't be read or written (" + error.getMessage() + "); run with --verbose to see which");
        }
        if (NATIVE_MEMORY.matcher(String.valueOf(error.getMessage())).find()) {
            return List.of("PyTorch is out of memory (" + firstLine(error)
                    + "); free memory outside the Java heap, or set a smaller --batch-size");
        }
        return List.of("unexpected error: " + firstLine(error) + "; run with --verbose to see the stack trace");
    }

    /** Returns whether the message of the exception is a sentence for the user. */
    private static boolean isForUser(Throwable error) {
        return error instanceof UserException
                || error instanceof DataException
                || error instanceof ModelException
                || error instanceof LocalException
                || error instanceof ServeException
                || error instanceof DashboardException
                || error instanceof MonitoringException
                || error instanceof RegistryUnavailableException;
    }

    private static String kafka(Throwable root, boolean ofSettings) {
        if (root instanceof ConfigException config && isUnresolvable(config)) {
            return config.getMessage() + "; check the host names in --bootstrap-server";
        }
        return root.getMessage()
                + reasonBeneath(root)
                + (ofSettings || root instanceof ConfigException ? "; check --property and --command-config" : "");
    }

    /** Returns why Kafka's last exception was thrown, where Java or a library says it: Kafka often says only what failed. */
    private static String reasonBeneath(Throwable kafka) {
        Throwable cause = Causes.root(kafka);
        String reason = cause.getMessage();
        if (cause instanceof NoSuchFileException) {
            reason = "the file does not exist";
        } else if (cause instanceof FileSystemException file) {
            reason = Writable.reason(file);
        }
        return cause == kafka || reason == null
                ? ""
                : " (" + JAAS_WORD.matcher(reason).replaceAll("") + ")";
    }

    private static boolean isUnresolvable(ConfigException fault) {
        return String.valueOf(fault.getMessage()).startsWith(NOT_RESOLVABLE);
    }

    /** Returns the first line, because PyTorch's exceptions go on with a stack trace in C++. */
    private static String firstLine(Throwable error) {
        return error.toString().lines().findFirst().orElse("");
    }

    /** Returns the message as one line of bounded length, without control characters that a terminal would obey. */
    static String oneLine(String message) {
        String line =
                message.replaceAll("\\s*[\\r\\n]+\\s*", " ").replace('\t', ' ').replaceAll("\\p{Cntrl}", "\uFFFD");
        return line.length() <= MAX_CHARACTERS ? line : line.substring(0, MAX_CHARACTERS) + " ...";
    }
}
