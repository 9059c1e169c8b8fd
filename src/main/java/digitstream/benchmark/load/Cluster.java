package digitstream.benchmark.load;

import digitstream.client.KafkaFutures;
import digitstream.serde.SchemaRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The servers that everything runs against, and the folder for logs and state. Everything that the benchmark creates on them has a
 * name with {@link #PREFIX}, and is deleted.
 *
 * @param home the folder of the distribution, which child processes are started from
 * @param directory for logs and state
 * @param fault polled; a message about a server that has stopped
 */
public record Cluster(
        String bootstrapServers,
        String schemaRegistryUrl,
        Admin admin,
        SchemaRegistry schemas,
        Path home,
        Path directory,
        Supplier<Optional<String>> fault) {

    /** Begins the name of every topic, group and application id of the benchmark. */
    public static final String PREFIX = "digitstream-bench";

    /** The partitions of each topic that holds a record for each image. */
    public static final int PARTITIONS = 4;

    private static final long POLL_MILLIS = Duration.ofMillis(50).toMillis();
    private static final int MAX_POLLS = 400;

    /** Returns the settings of a Kafka client. */
    public Map<String, String> clients() {
        return Map.of("bootstrap.servers", bootstrapServers);
    }

    /** Returns the name of a topic of the benchmark. */
    public static String topic(String name) {
        return PREFIX + "." + name;
    }

    /** Creates topics, by name with their partitions, and waits until the leader of every partition responds. */
    public void create(Map<String, Integer> topics) throws InterruptedException {
        KafkaFutures.get(admin.createTopics(topics.entrySet().stream()
                        .map(topic -> new NewTopic(topic.getKey(), Optional.of(topic.getValue()), Optional.empty()))
                        .toList())
                .all());
        awaitMetadata(topics.keySet());
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        topics.forEach((topic, partitions) -> IntStream.range(0, partitions)
                .forEach(partition -> ends.put(new TopicPartition(topic, partition), OffsetSpec.latest())));
        KafkaFutures.get(admin.listOffsets(ends).all());
    }

    /** Waits until the brokers know the topics, which the controller tells them a moment after it has answered. */
    private void awaitMetadata(Set<String> topics) throws InterruptedException {
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            try {
                KafkaFutures.get(admin.describeTopics(topics).allTopicNames());
                return;
            } catch (UnknownTopicOrPartitionException notYet) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        throw new KafkaException("the topics " + topics + " were created, but the brokers don't know them");
    }

    /**
     * Deletes topics of the benchmark, those that the topologies made for themselves included, and waits until their names are
     * free.
     *
     * @param except those to keep
     */
    public void deleteTopicsExcept(Collection<String> except) throws InterruptedException {
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            Set<String> left = KafkaFutures.get(admin.listTopics().names()).stream()
                    .filter(topic -> topic.startsWith(PREFIX) && !except.contains(topic))
                    .collect(Collectors.toSet());
            if (left.isEmpty()) {
                return;
            }
            delete(left);
            Thread.sleep(POLL_MILLIS);
        }
        throw new KafkaException("topics that begin with " + PREFIX + " can't be deleted; grant Delete on them");
    }

    private void delete(Set<String> topics) throws InterruptedException {
        for (var deletion : admin.deleteTopics(topics).topicNameValues().values()) {
            try {
                KafkaFutures.get(deletion);
            } catch (UnknownTopicOrPartitionException alreadyDeleted) {
                // The list of topics was older.
            }
        }
    }

    /**
     * Returns the bytes of topics in the brokers' logs, without those of further replicas.
     *
     * @param counts which topics to add up
     */
    public long bytes(Predicate<String> counts) throws InterruptedException {
        List<Integer> brokers = KafkaFutures.get(admin.describeCluster().nodes()).stream()
                .map(Node::id)
                .toList();
        Map<TopicPartition, Long> largest = new HashMap<>();
        KafkaFutures.get(admin.describeLogDirs(brokers).allDescriptions())
                .values()
                .forEach(folders -> folders.values()
                        .forEach(folder -> folder.replicaInfos().forEach((partition, replica) -> {
                            if (counts.test(partition.topic())) {
                                largest.merge(partition, replica.size(), Math::max);
                            }
                        })));
        return largest.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Makes the brokers forget a process that was killed, for which they would wait until its session and its transactions time
     * out: removes the members of its group, and waits until no transaction is open.
     */
    public void forgetMembers(String group) throws InterruptedException {
        Collection<ConsumerGroupDescription> groups = KafkaFutures.get(
                        admin.describeConsumerGroups(List.of(group)).all())
                .values();
        if (groups.stream().anyMatch(description -> !description.members().isEmpty())) {
            KafkaFutures.get(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all());
        }
        awaitNoTransaction(group);
    }

    /** Waits until a group has no open transaction. */
    public void awaitNoTransaction(String group) throws InterruptedException {
        ListTransactionsOptions ongoing = new ListTransactionsOptions()
                .filterStates(Set.of(
                        TransactionState.ONGOING, TransactionState.PREPARE_ABORT, TransactionState.PREPARE_COMMIT));
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            if (KafkaFutures.get(admin.listTransactions(ongoing).all()).stream()
                    .noneMatch(transaction -> transaction.transactionalId().startsWith(group))) {
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw new KafkaException("a transaction of " + group + " stays open; it must time out within 20 s");
    }

    /** Deletes the consumer groups of the benchmark. One that still has members is left to the broker, which forgets it later. */
    public void deleteGroups() throws InterruptedException {
        List<String> groups = KafkaFutures.get(admin.listGroups().all()).stream()
                .map(GroupListing::groupId)
                .filter(group -> group.startsWith(PREFIX))
                .toList();
        for (var deletion : admin.deleteConsumerGroups(groups).deletedGroups().values()) {
            try {
                KafkaFutures.get(deletion);
            } catch (GroupIdNotFoundException | GroupNotEmptyException leftToTheBroker) {
                // As documented.
            }
        }
    }
}
