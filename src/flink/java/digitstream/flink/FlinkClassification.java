package digitstream.flink;

import digitstream.common.Causes;
import digitstream.model.Engines;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.util.FileUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the job in this process until SIGTERM. Prints {@code Ready} once the job runs; everything else goes to standard error.
 */
@Command(
        name = "flink-classification",
        description = "Classify images with Apache Flink until interrupted.",
        mixinStandardHelpOptions = true)
public final class FlinkClassification implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(FlinkClassification.class);
    private static final Duration STATUS_INTERVAL = Duration.ofMillis(50);

    @Option(
            names = "--bootstrap-server",
            required = true,
            paramLabel = "HOST:PORT",
            description = "The Kafka brokers to connect to.")
    private String bootstrapServer = "";

    @Option(
            names = "--schema-registry",
            required = true,
            paramLabel = "URL",
            description = "The URL of the schema registry.")
    private String schemaRegistry = "";

    @Option(names = "--images", required = true, paramLabel = "TOPIC", description = "The topic to read.")
    private String images = "";

    @Option(names = "--predictions", required = true, paramLabel = "TOPIC", description = "The topic to write.")
    private String predictions = "";

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The folder with model.pt and model.json.")
    private Path model = Path.of("");

    @Option(names = "--threads", defaultValue = "2", paramLabel = "N", description = "The parallelism.")
    private int threads;

    @Option(names = "--batch", defaultValue = "256", paramLabel = "N", description = "Images per batch, at most.")
    private int batch;

    @Option(
            names = "--group",
            required = true,
            paramLabel = "ID",
            description = "The consumer group, and the prefix of the transactional ids.")
    private String group = "";

    private final PrintStream out;

    private FlinkClassification(PrintStream out) {
        this.out = out;
    }

    /** Exits with 1 and one line if the job fails, with 2 after wrong usage, and after a signal with Java's status for it. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        // Some of Flink's parts print to standard output.
        System.setOut(System.err);
        CommandLine command = new CommandLine(new FlinkClassification(out))
                .setExecutionExceptionHandler((failure, failed, parsed) -> {
                    LOG.debug("the job has failed", failure);
                    failed.getErr().println("flink-classification: " + describe(failure));
                    return CommandLine.ExitCode.SOFTWARE;
                });
        System.exit(command.execute(arguments));
    }

    private static String describe(Throwable failure) {
        // Flink wraps the message of what went wrong in several others; a model's is complete.
        Throwable cause = Causes.first(failure, ModelException.class)
                .<Throwable>map(fault -> fault)
                .orElseGet(() -> Causes.root(failure));
        return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
    }

    @Override
    public Integer call() throws Exception {
        // Before the job starts, so that a fault in the files is found at once.
        ModelArtifact.open(model);
        Engines.forInference();
        Path temporary = Files.createTempDirectory("digitstream-flink");
        ClassificationJob job = new ClassificationJob(
                bootstrapServer,
                schemaRegistry,
                images,
                predictions,
                model.toString(),
                threads,
                batch,
                group,
                temporary);
        JobClient client;
        try {
            client = job.start();
        } catch (Exception e) {
            FileUtils.deleteDirectoryQuietly(temporary.toFile());
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            job.stop(client);
            FileUtils.deleteDirectoryQuietly(temporary.toFile());
        }));
        awaitRunning(client);
        out.println("Ready");
        client.getJobExecutionResult().get();
        return 0;
    }

    private static void awaitRunning(JobClient client) throws InterruptedException, ExecutionException {
        JobStatus status = client.getJobStatus().get();
        while (status != JobStatus.RUNNING) {
            if (status.isGloballyTerminalState()) {
                // Throws what the job failed with.
                client.getJobExecutionResult().get();
            }
            Thread.sleep(STATUS_INTERVAL.toMillis());
            status = client.getJobStatus().get();
        }
    }
}
