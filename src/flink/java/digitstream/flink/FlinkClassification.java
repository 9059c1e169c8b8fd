package digitstream.flink;

import digitstream.model.Engines;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the job in this process until SIGTERM. Prints {@code Ready} once the job runs; everything else goes to standard error.
 */
@Command(name = "flink-classification", description = "Classify images with Apache Flink until interrupted.")
public final class FlinkClassification implements Callable<Integer> {
    private static final Duration STATUS_INTERVAL = Duration.ofMillis(50);

    @Option(names = "--bootstrap-server", required = true)
    private String bootstrapServer = "";

    @Option(names = "--schema-registry", required = true)
    private String schemaRegistry = "";

    @Option(names = "--images", required = true)
    private String images = "";

    @Option(names = "--predictions", required = true)
    private String predictions = "";

    @Option(names = "--model", required = true)
    private Path model = Path.of("");

    @Option(names = "--threads", defaultValue = "2")
    private int threads;

    @Option(names = "--batch", defaultValue = "256")
    private int batch;

    @Option(names = "--group", required = true)
    private String group = "";

    private final PrintStream out;

    private FlinkClassification(PrintStream out) {
        this.out = out;
    }

    /** Exits with 0 after SIGTERM's orderly stop of the job, 1 if the job fails, and 2 after wrong usage. */
    public static void main(String[] arguments) {
        PrintStream out = System.out;
        // Some of Flink's parts print to standard output.
        System.setOut(System.err);
        System.exit(new CommandLine(new FlinkClassification(out)).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Engines.forInference();
        ClassificationJob job = new ClassificationJob(
                bootstrapServer, schemaRegistry, images, predictions, model.toString(), threads, batch, group);
        JobClient client = job.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ClassificationJob.stop(client), "stop"));
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
