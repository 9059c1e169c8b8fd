package digitstream.client;

import digitstream.settings.TopicLayout;
import digitstream.settings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Creates and validates the topics. Thread-safe, as the admin client is. */
public final class TopicAdmin {
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
     * minutes. Existing topics are not changed.
     *
     * @return the names of the created topics
     * @throws KafkaException if the broker rejects the request or does not respond
     */
    public List<String> create() throws InterruptedException {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<Void>> topic :
                admin.createTopics(newTopics()).values().entrySet()) {
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

    /** Returns the topics that exist, by name. */
    public Map<String, TopicDescription> describe() throws InterruptedException {
        Map<String, TopicDescription> found = new LinkedHashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
                admin.describeTopics(topics.all()).topicNameValues().entrySet()) {
            try {
                found.put(topic.getKey(), KafkaFutures.get(topic.getValue()));
            } catch (UnknownTopicOrPartitionException e) {
                // It is not among those that exist.
            }
        }
        return found;
    }

    /** Returns the number of partitions of one of the topics, which must exist. */
    public int partitions(String topic) throws InterruptedException {
        return Objects.requireNonNull(describe().get(topic), "topic " + topic + " does not exist")
                .partitions()
                .size();
    }

    /** Returns the problems that prevent the topologies from using the topics; empty if there are none. */
    public List<String> faults() throws InterruptedException {
        Map<String, TopicDescription> found = describe();
        List<String> faults = new ArrayList<>();
        List<String> missing =
                topics.all().stream().filter(topic -> !found.containsKey(topic)).toList();
        if (!missing.isEmpty()) {
            faults.add(
                    "missing topics: " + String.join(", ", missing) + "; create them with `digitstream topics create`");
        }
        TopicDescription labels = found.get(topics.labels());
        TopicDescription predictions = found.get(topics.predictions());
        if (labels != null
                && predictions != null
                && labels.partitions().size() != predictions.partitions().size()) {
            faults.add("topic " + topics.labels() + " has "
                    + labels.partitions().size() + " partitions and "
                    + topics.predictions() + " has " + predictions.partitions().size()
                    + "; the scoring topology joins them, so both need the same number of partitions");
        }
        return faults;
    }

    private List<NewTopic> newTopics() {
        return List.of(
                topic(topics.images(), layout.partitions(), layout.imagesRetention()),
                topic(topics.labels(), layout.partitions(), layout.labelsRetention()),
                topic(topics.predictions(), layout.partitions(), layout.predictionsRetention()),
                topic(topics.accuracy(), 1, layout.accuracyRetention()),
                latestByKey(topics.models()),
                topic(topics.deadLetters(), layout.partitions(), layout.deadLettersRetention()));
    }

    private NewTopic topic(String name, int partitions, Duration retention) {
        return new NewTopic(name, partitions, layout.replicationFactor())
                .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
    }

    /** Returns a compacted topic, which also keeps older records for a while, because each of them marks a process start. */
    private NewTopic latestByKey(String name) {
        return new NewTopic(name, 1, layout.replicationFactor())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        Long.toString(layout.accuracyRetention().toMillis())));
    }
}
