package digitstream.serve;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.classify.ClassifyMetrics;
import digitstream.classify.ClassifyTopology;
import digitstream.client.ModelReleases;
import digitstream.client.TopicAdmin;
import digitstream.common.Digits;
import digitstream.common.NativeFolder;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.score.ScoreMetrics;
import digitstream.score.ScoreTopology;
import digitstream.serde.AvroDecoder;
import digitstream.serde.AvroSerializer;
import digitstream.serde.SchemaRegistry;
import digitstream.serde.WriterSchemas;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import digitstream.streams.SchemaGate;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;

/**
 * Builds the two topologies from settings, a model and a schema registry, and starts them in a {@link Serving} process.
 *
 * @param clients the settings of every Kafka client, such as the brokers' addresses and security settings
 * @param stateDirectory the default of {@code state.dir}
 */
public record TopologyAssembly(
        Settings settings, Map<String, String> clients, String stateDirectory, SchemaRegistry schemas) {
    private static final Clock CLOCK = Clock.systemUTC();

    public TopologyAssembly {
        clients = Map.copyOf(clients);
    }

    /**
     * Loads a model, announces it in {@code digits.models}, and starts the classifying topology with it.
     *
     * @return the model, which the process closes
     */
    public LoadedModel classify(Serving serving, ModelArtifact artifact) throws InterruptedException {
        LoadedModel model = LoadedModel.load(artifact, settings.classify().precision());
        serving.use(model);
        ModelReleases.announce(
                clients,
                new AvroSerializer<>(schemas, ModelRelease.class),
                settings.topics().models(),
                Baselines.release(model.card(), Instant.now()));
        SchemaGate gate = new SchemaGate(schemas, Set.of(settings.topics().images()), CLOCK);
        serving.classify(
                classifyTopology(model, gate, serving.meters()),
                StreamsConfiguration.classify(settings, streamsDefaults()),
                gate,
                StreamsConfiguration.polling(settings));
        return model;
    }

    /** Starts the scoring topology. */
    public void score(Serving serving) throws InterruptedException {
        requireFolderForRocksDb();
        Topics topics = settings.topics();
        SchemaGate gate = new SchemaGate(schemas, Set.of(topics.predictions(), topics.labels()), CLOCK);
        serving.score(
                scoreTopology(gate, serving.meters(), partitionsOfLabels()),
                StreamsConfiguration.score(settings, streamsDefaults()),
                gate,
                StreamsConfiguration.scorePolling(settings));
    }

    /**
     * RocksDB unpacks its native library when the first store is opened, which is on a stream thread. There a failure would be
     * taken for a failure of the topology.
     */
    private static void requireFolderForRocksDb() {
        String given = System.getenv("ROCKSDB_SHAREDLIB_DIR");
        Path folder = given == null || given.isEmpty() ? NativeFolder.temporary() : Path.of(given);
        NativeFolder.faultForCode(folder).ifPresent(fault -> {
            throw new ServeException("the temporary folder " + folder + " " + fault
                    + ", and RocksDB unpacks its native library there; choose a writable folder on a disk that is not"
                    + " mounted noexec with -Djava.io.tmpdir=DIR or ROCKSDB_SHAREDLIB_DIR");
        });
    }

    private Topology classifyTopology(LoadedModel model, WriterSchemas writers, MeterRegistry meters) {
        ModelCard card = model.card();
        ModelVersion version = new ModelVersion(card.name(), card.version());
        return new ClassifyTopology(
                        settings.topics(),
                        settings.classify(),
                        StreamsConfiguration.maxDeadLetterBytes(settings, Settings.CLASSIFY_PREFIX),
                        version,
                        Digits.SIDE,
                        Digits.SIDE,
                        model::newClassifier,
                        () -> new AvroDecoder<>(writers, DigitImage.class),
                        new AvroSerializer<>(schemas, Prediction.class)
                                .register(settings.topics().predictions()),
                        new ClassifyMetrics(
                                meters,
                                version,
                                card.sha256(),
                                Baselines.of(card),
                                settings.score().drawnDigits(),
                                CLOCK),
                        CLOCK)
                .build();
    }

    private int partitionsOfLabels() throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(clients))) {
            return new TopicAdmin(admin, settings.topics(), settings.layout())
                    .partitions(settings.topics().labels());
        }
    }

    private Topology scoreTopology(WriterSchemas writers, MeterRegistry meters, int partitions) {
        return new ScoreTopology(
                        settings.topics(),
                        settings.score(),
                        StreamsConfiguration.maxDeadLetterBytes(settings, Settings.SCORE_PREFIX),
                        partitions,
                        () -> new AvroDecoder<>(writers, Prediction.class),
                        () -> new AvroDecoder<>(writers, DigitLabel.class),
                        serializer(Accuracy.class, settings.topics().accuracy()),
                        new ScoreMetrics(meters))
                .build();
    }

    /** Registers the schema now: the registry may be away when the first result is written. */
    private <T extends SpecificRecord> AvroSerializer<T> serializer(Class<T> type, String topic) {
        AvroSerializer<T> serializer = new AvroSerializer<>(schemas, type);
        serializer.register(topic);
        return serializer;
    }

    /** Kafka Streams would keep its state in the system's temporary folder, which does not outlive a restart. */
    private Map<String, String> streamsDefaults() {
        Map<String, String> all = new HashMap<>(clients);
        all.putIfAbsent(StreamsConfig.STATE_DIR_CONFIG, stateDirectory);
        return all;
    }
}
