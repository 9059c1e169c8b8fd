package digitstream.cli;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.client.DigitProducer;
import digitstream.client.ProducePlan;
import digitstream.common.Excerpt;
import digitstream.data.DigitData;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code digitstream produce}. */
@Command(
        name = "produce",
        description = {
            "Produce the test images of a data set, their labels, or both.",
            "After the last test image, starts over with the first one, under a new id."
        },
        mixinStandardHelpOptions = true)
final class ProduceCommand implements Callable<Integer> {
    private static final List<String> CHOICES = List.of("images", "labels", "both");
    private static final int MAX_ID_PREFIX = 100;

    @Parameters(
            paramLabel = "images|labels|both",
            description = "What to produce. With labels alone, the labels of the images that the same options produce.")
    private String what = "";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Mixin
    private DataOptions data = new DataOptions();

    @Mixin
    private DataOptions.DrawnOption drawn = new DataOptions.DrawnOption();

    @Mixin
    private PaceOptions pace = new PaceOptions();

    @Option(names = "--limit", paramLabel = "N", description = "Stop after N images (default: run until Ctrl-C).")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--id-prefix",
            paramLabel = "TEXT",
            defaultValue = "digit-",
            description =
                    "The prefix of the image ids; the nine-digit number of the image follows it. A second run with the same prefix produces the same ids (default: ${DEFAULT-VALUE}).")
    private String idPrefix = "digit-";

    @Override
    public Integer call() throws InterruptedException {
        if (!CHOICES.contains(what)) {
            throw new UsageException("'" + Excerpt.of(what) + "' can't be produced; use images, labels or both");
        }
        Values.requireAtLeastOne("--limit", limit);
        requireIdPrefix();
        ProducePlan plan = pace.plan(!what.equals("labels"), !what.equals("images"), limit, idPrefix);
        Settings settings = cluster.settings();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings)) {
            Preconditions.requireTopic(admin, settings.topics().images());
            Preconditions.requireTopic(admin, settings.topics().labels());
            DigitData digits = data.find(drawn, System.err::println);
            Interrupts interrupts = Interrupts.listen();
            try (Producer<byte[], byte[]> producer = producer(clients)) {
                DigitProducer digitProducer = new DigitProducer(
                        producer,
                        new AvroSerializer<>(schemas, DigitImage.class),
                        new AvroSerializer<>(schemas, DigitLabel.class),
                        settings.topics().images(),
                        settings.topics().labels(),
                        digits.test(),
                        plan,
                        Clock.systemUTC());
                digitProducer.run(interrupts::stopRequested, () -> false);
                System.out.printf(
                        "Produced %,d images and %,d labels.%n",
                        plan.images() ? digitProducer.imagesSent() : 0, digitProducer.labelsSent());
            }
        }
        return 0;
    }

    /** Longer ids are dead letters, and control characters would garble what prints them. */
    private void requireIdPrefix() {
        if (idPrefix.length() > MAX_ID_PREFIX || idPrefix.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException("--id-prefix is '" + Excerpt.of(idPrefix) + "'; use at most " + MAX_ID_PREFIX
                    + " characters, and no control characters");
        }
    }

    /** Returns an idempotent producer that waits for all in-sync replicas, with batches large enough for images. */
    static Producer<byte[], byte[]> producer(Map<String, String> clients) {
        Map<String, Object> all = new HashMap<>(clients);
        all.putIfAbsent("acks", "all");
        all.putIfAbsent("enable.idempotence", "true");
        all.putIfAbsent("linger.ms", "5");
        all.putIfAbsent("batch.size", Integer.toString(128 << 10));
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
