package digitstream.client;

import digitstream.common.Grants;
import digitstream.settings.TopicLayout;
import digitstream.settings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates and validates the topics. Thread-safe, as the admin client is. */
public final class TopicAdmin {
    /** Each serving process writes a record every 30 seconds. */
    private static final Duration INSTANCES_HISTORY = Duration.ofDays(1);

    private final Admin admin;
    private final Topics topics;
    private final TopicLayout layout;

    /** Uses an admin client, but does not close it. */
    public TopicAdmin(Admin admin, Topics topics, TopicLayout layout) {
        this.admin = admin;
        this.topics = topics;
        this.layout = layout;
    }

    /**
     * Creates the topics that do not exist, and waits until the leader of every partition responds. Records sent earlier would be
     * rejected and retried, and with several requests in flight Kafka's producer was observed to time out on one of them after two
     * minutes. Existing topics are not changed. The topic of challengers gets as many partitions as that of predictions has.
     *
     * @return the names of the created topics
     * @throws KafkaException if the broker rejects the request or does not respond
     */
    public List<String> create() throws InterruptedException {
        List<String> names = new ArrayList<>();
        TopicDescription predictions = describe().get(topics.predictions());
        int joined = predictions == null
                ? layout.partitions()
                : predictions.partitions().size();
        for (Map.Entry<String, KafkaFuture<Void>> topic :
                admin.createTopics(newTopics(joined)).values().entrySet()) {
            try {
                KafkaFutures.get(topic.getValue());
                names.add(topic.getKey());
            } catch (TopicExistsException e) {
                // It is left as it is.
            }
        }
        awaitLeaders();
        return names;
    }

    private void awaitLeaders() throws InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        describe().forEach((topic, description) -> description
                .partitions()
                .forEach(partition -> ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        KafkaFutures.get(admin.listOffsets(ends).all());
    }

    /** Returns the topics that exist, by name. Those that this client may not describe are not among them. */
    public Map<String, TopicDescription> describe() throws InterruptedException {
        return TopicDescriptions.of(admin, topics.all()).found();
    }

    /** Returns the number of partitions of one of the topics, which must exist. */
    public int partitions(String topic) throws InterruptedException {
        return Objects.requireNonNull(describe().get(topic), "topic " + topic + " does not exist")
                .partitions()
                .size();
    }

    /** Returns the problems that prevent the topologies from using the topics; empty if there are none. */
    public List<String> faults() throws InterruptedException {
        TopicDescriptions descriptions = TopicDescriptions.of(admin, topics.all());
        List<String> faults = new ArrayList<>();
        missing(descriptions, topics.all()).ifPresent(faults::add);
        descriptions
                .denied()
                .forEach(topic -> faults.add("no right to Describe topic '" + topic + "'; grant it with "
                        + Grants.topic("Describe", topic)));
        unequalPartitions(descriptions, topics.joined()).ifPresent(faults::add);
        return faults;
    }

    /** Returns the fault that some of these topics do not exist, if so. */
    public static Optional<String> missing(TopicDescriptions descriptions, Collection<String> topics) {
        List<String> missing = topics.stream().filter(descriptions::isMissing).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("missing topics: " + String.join(", ", missing)
                        + "; create them with `digitstream topics create`");
    }

    /** Returns the fault that these topics, which are joined, differ in their number of partitions, if so. */
    public static Optional<String> unequalPartitions(TopicDescriptions descriptions, Collection<String> joined) {
        Map<String, Integer> partitions = new TreeMap<>();
        joined.stream()
                .filter(descriptions.found()::containsKey)
                .forEach(topic -> partitions.put(
                        topic,
                        Objects.requireNonNull(descriptions.found().get(topic))
                                .partitions()
                                .size()));
        if (partitions.values().stream().distinct().count() <= 1) {
            return Optional.empty();
        }
        String counts = partitions.entrySet().stream()
                .map(topic -> topic.getKey() + " has " + topic.getValue())
                .collect(Collectors.joining(" and "));
        return Optional.of("the numbers of partitions differ: " + counts + "; scoring joins these topics, so give them"
                + " the same number, and set a new score.application.id if scoring has run before"
                + " (docs/operating.md, The number of partitions has changed)");
    }

    private List<NewTopic> newTopics(int challengersPartitions) {
        return List.of(
                topic(topics.images(), layout.partitions(), layout.imagesRetention()),
                topic(topics.labels(), layout.partitions(), layout.labelsRetention()),
                topic(topics.predictions(), layout.partitions(), layout.predictionsRetention()),
                topic(topics.challengerPredictions(), challengersPartitions, layout.predictionsRetention()),
                topic(topics.accuracy(), 1, layout.accuracyRetention()),
                topic(topics.comparisons(), 1, layout.accuracyRetention()),
                latestByKey(topics.models(), layout.accuracyRetention()),
                latestByKey(topics.instances(), INSTANCES_HISTORY),
                topic(topics.deadLetters(), layout.partitions(), layout.deadLettersRetention()));
    }

    private NewTopic topic(String name, int partitions, Duration retention) {
        return new NewTopic(name, partitions, layout.replicationFactor())
                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
    }

    /** Returns a compacted topic, which also keeps older records for a while, because they are its history. */
    private NewTopic latestByKey(String name, Duration history) {
        return new NewTopic(name, 1, layout.replicationFactor())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        Long.toString(history.toMillis())));
    }
}
