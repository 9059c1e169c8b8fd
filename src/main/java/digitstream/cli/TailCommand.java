package digitstream.cli;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.client.CommittedReader;
import digitstream.client.RecordJson;
import digitstream.common.Excerpt;
import digitstream.serde.AvroDecoder;
import digitstream.serde.Decoded;
import digitstream.serde.Decoder;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code digitstream tail}. */
@Command(
        name = "tail",
        description = {"Print the records of a topic, as one JSON object per line.", "Prints committed records only."},
        mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);

    @Parameters(
            paramLabel = "predictions|accuracy|comparisons|labels|models|dead-letters",
            description = "The topic to print.")
    private String what = "";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Option(
            names = "--from-beginning",
            description = "Start with the earliest record (default: print new records only).")
    private boolean fromBeginning;

    @Option(
            names = "--max-messages",
            paramLabel = "N",
            description = "Exit after N records (default: run until Ctrl-C).")
    private long maxMessages = Long.MAX_VALUE;

    @Option(
            names = "--timeout-ms",
            paramLabel = "MS",
            description = "Exit if no record arrives for this many milliseconds (default: wait forever).")
    private long timeoutMillis = Long.MAX_VALUE;

    @Override
    public Integer call() throws InterruptedException {
        Values.requireAtLeastOne("--max-messages", maxMessages);
        Values.requireAtLeastOne("--timeout-ms", timeoutMillis);
        Settings settings = cluster.settings();
        String topic = topic(settings.topics());
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings)) {
            Lines lines = lines(schemas);
            Preconditions.requireTopic(admin, topic);
            Interrupts interrupts = Interrupts.listen();
            try (CommittedReader reader = new CommittedReader(clients, List.of(topic), fromBeginning)) {
                print(reader, lines, interrupts);
            }
        }
        return 0;
    }

    private void print(CommittedReader reader, Lines lines, Interrupts interrupts) {
        long printed = 0;
        long lastRecordNanos = System.nanoTime();
        while (!interrupts.stopRequested()
                && printed < maxMessages
                && (System.nanoTime() - lastRecordNanos) / 1_000_000 < timeoutMillis) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                if (printed < maxMessages) {
                    System.out.println(lines.of(record));
                    printed++;
                }
                lastRecordNanos = System.nanoTime();
            }
            if (System.out.checkError()) {
                // The reader of the pipe has exited, as `head` does.
                return;
            }
        }
    }

    private String topic(Topics topics) {
        return switch (what) {
            case "predictions" -> topics.predictions();
            case "accuracy" -> topics.accuracy();
            case "comparisons" -> topics.comparisons();
            case "labels" -> topics.labels();
            case "models" -> topics.models();
            case "dead-letters" -> topics.deadLetters();
            default ->
                throw new UsageException("'" + Excerpt.of(what)
                        + "' can't be printed; use predictions, accuracy, comparisons, labels, models or dead-letters");
        };
    }

    private Lines lines(SchemaRegistry schemas) {
        return switch (what) {
            case "predictions" -> decoding(new AvroDecoder<>(schemas, Prediction.class));
            case "accuracy" -> decoding(new AvroDecoder<>(schemas, Accuracy.class));
            case "comparisons" -> decoding(new AvroDecoder<>(schemas, ModelComparison.class));
            case "labels" -> decoding(new AvroDecoder<>(schemas, DigitLabel.class));
            case "models" -> decoding(new AvroDecoder<>(schemas, ModelRelease.class));
            default -> RecordJson::line;
        };
    }

    private static <T extends SpecificRecord> Lines decoding(Decoder<T> decoder) {
        return record -> {
            Decoded<T> decoded = decoder.decode(record.headers(), record.value());
            return decoded instanceof Decoded.Value<T> value
                    ? RecordJson.line(record, value.value())
                    : RecordJson.line(record, ((Decoded.Malformed<T>) decoded).reason());
        };
    }

    private interface Lines {
        String of(ConsumerRecord<byte[], byte[]> record);
    }
}
