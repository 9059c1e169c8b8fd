package digitstream.serve;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.Prediction;
import digitstream.classify.ClassifyMetrics;
import digitstream.classify.ClassifyTopology;
import digitstream.classify.ServedModel;
import digitstream.client.TopicAdmin;
import digitstream.common.Digits;
import digitstream.common.NativeFolder;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.release.Artifacts;
import digitstream.release.ReleaseTopic;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
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
     * Starts the classifying topology with the champion of {@code digits.models}, and follows later releases.
     *
     * @param given a model that becomes the champion if this version was never released before
     * @return the model that it starts with, and why it is another than the given one
     * @throws ServeException if there is no champion, or it can't be served
     */
    public Started classify(Serving serving, Optional<ModelArtifact> given) throws InterruptedException {
        ReleaseTopic releases =
                new ReleaseTopic(clients, schemas, settings.topics().models());
        Artifacts artifacts = new Artifacts(settings.models(), keptModels());
        InstanceStatus status =
                new InstanceStatus(clients, schemas, settings.topics().instances(), serving.meters(), CLOCK);
        ModelFollower follower = new ModelFollower(
                releases,
                artifacts,
                settings.classify().precision(),
                settings.score().drawnDigits(),
                serving.meters(),
                status,
                CLOCK);
        serving.use(follower, follower::isServing, follower::describe);
        FirstModel first = FirstModel.choose(releases, follower.releases(), given);
        LoadedModel model = follower.begin(first.artifact(), first.champion());
        SchemaGate schemaGate = new SchemaGate(schemas, Set.of(settings.topics().images()), CLOCK);
        ModelGate gate = new ModelGate(
                schemaGate,
                follower,
                Admin.create(new HashMap<>(clients)),
                settings.topics().models());
        follower.hurryIf(gate::isWaiting);
        serving.classify(
                classifyTopology(follower, schemaGate, serving.meters()),
                StreamsConfiguration.classify(settings, streamsDefaults()),
                gate,
                StreamsConfiguration.polling(settings));
        return new Started(model, first.note());
    }

    /**
     * What the classifying topology started with.
     *
     * @param model closed by the process; later another one may be in service
     * @param note why the given model is not in service; empty if it is
     */
    public record Started(LoadedModel model, Optional<String> note) {}

    private Path keptModels() {
        String ofStreams = settings.streams(Settings.CLASSIFY_PREFIX).get(StreamsConfig.STATE_DIR_CONFIG);
        return Path.of(ofStreams == null ? stateDirectory : ofStreams).resolve("fetched-models");
    }

    /** Starts the scoring topology. */
    public void score(Serving serving) throws InterruptedException {
        requireFolderForRocksDb();
        Topics topics = settings.topics();
        SchemaGate gate = new SchemaGate(schemas, Set.copyOf(topics.joined()), CLOCK);
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

    private Topology classifyTopology(Supplier<ServedModel> inService, WriterSchemas writers, MeterRegistry meters) {
        return new ClassifyTopology(
                        settings.topics(),
                        settings.classify(),
                        StreamsConfiguration.maxDeadLetterBytes(settings, Settings.CLASSIFY_PREFIX),
                        Digits.SIDE,
                        Digits.SIDE,
                        inService,
                        () -> new AvroDecoder<>(writers, DigitImage.class),
                        new AvroSerializer<>(schemas, Prediction.class)
                                .register(settings.topics().predictions()),
                        new ClassifyMetrics(meters),
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
                        settings.challenge(),
                        StreamsConfiguration.maxDeadLetterBytes(settings, Settings.SCORE_PREFIX),
                        partitions,
                        () -> new AvroDecoder<>(writers, Prediction.class),
                        () -> new AvroDecoder<>(writers, DigitLabel.class),
                        serializer(Accuracy.class, settings.topics().accuracy()),
                        serializer(ModelComparison.class, settings.topics().comparisons()),
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
