package digitstream.client;

import digitstream.settings.TopicLayout;
import digitstream.settings.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/** Creates the topics, and says whether they are as they must be. Safe for use by several threads, as the admin is. */
public final class TopicAdmin {
    private final Admin admin;
    private final Topics topics;
    private final TopicLayout layout;

    /** Works through an admin client that stays the caller's. */
    public TopicAdmin(Admin admin, Topics topics, TopicLayout layout) {
        this.admin = admin;
        this.topics = topics;
        this.layout = layout;
    }

    /**
     * Creates the topics that do not exist, leaves alone those that do, and waits until the leader of each partition answers:
     * records that are sent earlier are refused and sent again, and with several requests under way Kafka's producer was
     * seen to give up on one of them after two minutes.
     *
     * @return the names of those that were created
     * @throws KafkaException when the broker refuses or does not answer
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

    /** The topics that exist, by name. */
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

    /** What keeps the topologies from running on the topics as they are; empty where nothing does. */
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
                    + "; scoring joins them and needs as many in both");
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

    /** Keeps the latest record of each key for ever, and all of them for a while: each is a start of a process. */
    private NewTopic latestByKey(String name) {
        return new NewTopic(name, 1, layout.replicationFactor())
                .configs(Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        Long.toString(layout.accuracyRetention().toMillis())));
    }
}
