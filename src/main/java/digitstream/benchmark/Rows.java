package digitstream.benchmark;

import digitstream.benchmark.Row.Output;
import digitstream.benchmark.Row.Program;
import digitstream.benchmark.load.Backlog;
import digitstream.benchmark.load.Cluster;
import digitstream.benchmark.programs.PassThrough;
import digitstream.benchmark.programs.PerRecord;
import digitstream.benchmark.programs.ProgramOptions;
import digitstream.benchmark.programs.TransactionalLoop;
import digitstream.benchmark.result.RowId;
import digitstream.local.ServeProcess;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The rows of the table of throughputs. */
final class Rows {
    /** Rows that differ from others in a number only. */
    static final List<String> VARIANTS = List.of("threads-1", "batch-1024");

    /** As many as the compared programs have, and as the machine of the issue has processors. */
    static final int THREADS = 2;

    static final int BATCH = 256;

    private static final String FLINK_MAIN = "digitstream.flink.FlinkClassification";

    private Rows() {}

    /** Returns all rows, in the order of the table. */
    static List<Row> all() {
        return List.of(
                compared(RowId.PASS_DEFAULT, "pass-through, defaults", PassThrough.class),
                compared(RowId.PASS_TUNED, "pass-through, tuned", PassThrough.class, "tuned"),
                new Row(RowId.PER_RECORD, "Kafka Streams per record", Output.FEW_PREDICTIONS, program(PerRecord.class)),
                compared(RowId.LOOP, "transactional loop", TransactionalLoop.class),
                new Row(RowId.FLINK, "Apache Flink job", Output.PREDICTIONS, Rows::flink),
                exactlyOnce(),
                classify("threads-1", "exactly-once, 1 thread", 1, BATCH, "exactly_once_v2"),
                classify("threads-4", "exactly-once, 4 threads", 4, BATCH, "exactly_once_v2"),
                classify("batch-64", "exactly-once, batches of 64", THREADS, 64, "exactly_once_v2"),
                classify("batch-1024", "exactly-once, batches of 1,024", THREADS, 1_024, "exactly_once_v2"),
                classify("at-least-once", "at-least-once, 2 threads", THREADS, BATCH, "at_least_once"),
                new Row(
                        RowId.SCORE,
                        "scoring alone",
                        Output.SCORES,
                        run -> serve(run, List.of("--only", "score"), Map.of())),
                new Row(
                        RowId.BOTH,
                        "classifying and scoring",
                        Output.BOTH,
                        run -> serve(run, List.of(), settings(THREADS, BATCH, "exactly_once_v2"))));
    }

    /** Returns the ids of all rows, those of the model alone and of latency included, in the order of the table. */
    static List<String> ids() {
        return Stream.concat(
                        all().stream().map(Row::id),
                        Stream.of(RowId.INFERENCE, RowId.LATENCY_EXACTLY_ONCE, RowId.LATENCY_AT_LEAST_ONCE))
                .toList();
    }

    /** Returns the row that the others are compared with. */
    static Row exactlyOnce() {
        return classify(RowId.EXACTLY_ONCE, "exactly-once, 2 threads", THREADS, BATCH, "exactly_once_v2");
    }

    private static Row compared(String id, String title, Class<?> main, String... first) {
        return new Row(id, title, Output.PREDICTIONS, program(main, first));
    }

    private static Program program(Class<?> main, String... first) {
        return run -> {
            List<String> all = main(run.cluster(), main);
            all.addAll(List.of(first));
            all.addAll(options(run).arguments());
            return all;
        };
    }

    /** Returns the arguments of {@code java} that run a main class of the distribution, without its own arguments. */
    static List<String> main(Cluster cluster, Class<?> main) {
        List<String> all = new ArrayList<>(folders(cluster));
        all.addAll(List.of("-cp", cluster.home().resolve("digitstream.jar").toString(), main.getName()));
        return all;
    }

    /**
     * Temporary files go to the folder that is deleted at the end. PyTorch's library is where the command has unpacked it: the home
     * folder may not be writable.
     */
    private static List<String> folders(Cluster cluster) {
        List<String> all = new ArrayList<>(List.of("-Djava.io.tmpdir=" + cluster.directory()));
        String cache = System.getProperty("DJL_CACHE_DIR");
        if (cache != null) {
            all.add("-DDJL_CACHE_DIR=" + cache);
        }
        return all;
    }

    private static ProgramOptions options(RunContext run) {
        return new ProgramOptions(
                run.cluster().bootstrapServers(),
                run.cluster().schemaRegistryUrl(),
                run.images(),
                run.predictions(),
                run.model(),
                THREADS,
                BATCH,
                run.name());
    }

    /** The job is built beside the distribution, and packed into it as a folder. */
    private static List<String> flink(RunContext run) {
        Path home = run.cluster().home();
        Path folder = Stream.of(home.resolve("flink"), home.resolveSibling("flink"))
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new Row.SkippedException("not built: mvn package -Pflink"));
        List<String> all = new ArrayList<>(folders(run.cluster()));
        all.addAll(List.of("-cp", folder + File.separator + "*", FLINK_MAIN));
        all.addAll(options(run).arguments());
        return all;
    }

    static Row classify(String id, String title, int threads, int batch, String guarantee) {
        return new Row(
                id,
                title,
                Output.PREDICTIONS,
                run -> serve(run, List.of("--only", "classify"), settings(threads, batch, guarantee)));
    }

    /** The settings of a classifying process; all others have their defaults. */
    static Map<String, String> settings(int threads, int batch, String guarantee) {
        return Map.of(
                "classify.num.stream.threads",
                Integer.toString(threads),
                "batch.max.size",
                Integer.toString(batch),
                "processing.guarantee",
                guarantee);
    }

    /** Returns the arguments of {@code java} that run {@code serve}. */
    static List<String> serve(RunContext run, List<String> flags, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("classify.application.id", run.name());
        all.put("score.application.id", run.name() + "-score");
        all.put("topic.images", run.images());
        all.put("topic.labels", Backlog.LABELS);
        all.put("topic.predictions", run.predictions());
        all.put("topic.challenger.predictions", RowRunner.CHALLENGERS);
        all.put("topic.accuracy", RowRunner.ACCURACY);
        all.put("topic.comparisons", RowRunner.COMPARISONS);
        all.put("topic.models", RowRunner.MODELS);
        all.put("topic.instances", RowRunner.INSTANCES);
        all.put("topic.dead.letters", RowRunner.DEAD_LETTERS);
        all.put("state.dir", run.state().toString());
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server", run.cluster().bootstrapServers(),
                "--schema-registry", run.cluster().schemaRegistryUrl()));
        if (!flags.contains("score")) {
            arguments.addAll(List.of("--model", run.model().toString()));
        }
        arguments.addAll(flags);
        all.forEach((name, value) -> arguments.addAll(List.of("--property", name + "=" + value)));
        return ServeProcess.program(run.cluster().home(), arguments);
    }
}
