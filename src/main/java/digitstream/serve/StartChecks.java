package digitstream.serve;

import digitstream.client.KafkaFutures;
import digitstream.client.TopicAdmin;
import digitstream.client.TopicDescriptions;
import digitstream.common.Grants;
import digitstream.settings.Settings;
import digitstream.settings.Topics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * What must be true before a serving process starts: topics that exist and fit, the rights to use them, and a cache. A right
 * that the brokers do not tell is taken as granted; if it is missing, the topology fails and names it.
 */
public final class StartChecks {
    private final Admin admin;
    private final Settings settings;
    private final boolean classifies;
    private final boolean scores;

    /** Prepares the checks of a process that runs one of the topologies or both. Does not close the admin client. */
    public StartChecks(Admin admin, Settings settings, boolean classifies, boolean scores) {
        this.admin = admin;
        this.settings = settings;
        this.classifies = classifies;
        this.scores = scores;
    }

    /** Returns one sentence for each fault, with the way out; empty if the process can start. */
    public List<String> faults() throws InterruptedException {
        Topics topics = settings.topics();
        Map<String, Set<AclOperation>> needed = needed(topics);
        TopicDescriptions descriptions = TopicDescriptions.of(admin, needed.keySet());
        List<String> faults = new ArrayList<>();
        TopicAdmin.missing(descriptions, needed.keySet()).ifPresent(faults::add);
        needed.forEach((topic, operations) -> operations.stream()
                .filter(operation -> isDenied(descriptions, topic, operation))
                .forEach(operation -> faults.add(topicFault(topic, name(operation)))));
        if (scores) {
            TopicAdmin.unequalPartitions(descriptions, topics.joined()).ifPresent(faults::add);
        }
        if (descriptions.found().containsKey(topics.deadLetters())) {
            faults.addAll(deadLetterFaults(topics.deadLetters()));
        }
        if (classifies) {
            groupFault(settings.classifyApplicationId()).ifPresent(faults::add);
        }
        if (scores) {
            groupFault(settings.scoreApplicationId()).ifPresent(faults::add);
        }
        return faults;
    }

    private Map<String, Set<AclOperation>> needed(Topics topics) {
        Map<String, Set<AclOperation>> needed = new LinkedHashMap<>();
        if (classifies) {
            need(needed, topics.images(), AclOperation.READ);
            need(needed, topics.predictions(), AclOperation.WRITE);
            need(needed, topics.models(), AclOperation.READ);
            need(needed, topics.models(), AclOperation.WRITE);
            need(needed, topics.instances(), AclOperation.WRITE);
        }
        if (scores) {
            need(needed, topics.predictions(), AclOperation.READ);
            need(needed, topics.labels(), AclOperation.READ);
            need(needed, topics.challengerPredictions(), AclOperation.READ);
            need(needed, topics.accuracy(), AclOperation.WRITE);
            need(needed, topics.comparisons(), AclOperation.WRITE);
        }
        need(needed, topics.deadLetters(), AclOperation.WRITE);
        return needed;
    }

    private static void need(Map<String, Set<AclOperation>> needed, String topic, AclOperation operation) {
        needed.computeIfAbsent(topic, ignored -> EnumSet.noneOf(AclOperation.class))
                .add(operation);
    }

    private static boolean isDenied(TopicDescriptions descriptions, String topic, AclOperation operation) {
        TopicDescription description = descriptions.found().get(topic);
        return description == null
                ? descriptions.denied().contains(topic)
                : isDenied(description.authorizedOperations(), operation);
    }

    /** Old brokers do not tell the operations. */
    private static boolean isDenied(@Nullable Set<AclOperation> authorized, AclOperation operation) {
        return authorized != null && !authorized.isEmpty() && !authorized.contains(operation);
    }

    private static String name(AclOperation operation) {
        return operation == AclOperation.READ ? "Read" : "Write";
    }

    private static String topicFault(String topic, String operation) {
        return "no right to " + operation + " topic '" + topic + "'; grant it with " + Grants.topic(operation, topic);
    }

    private Optional<String> groupFault(String group) throws InterruptedException {
        boolean denied;
        try {
            denied = isDenied(
                    KafkaFutures.get(Objects.requireNonNull(admin.describeConsumerGroups(
                                            List.of(group),
                                            new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                                    .describedGroups()
                                    .get(group)))
                            .authorizedOperations(),
                    AclOperation.READ);
        } catch (GroupAuthorizationException e) {
            denied = true;
        } catch (GroupIdNotFoundException e) {
            // The brokers check the rights first.
            denied = false;
        }
        return denied
                ? Optional.of("no right to Read consumer group '" + group + "'; grant it with " + Grants.group(group))
                : Optional.empty();
    }

    private List<String> deadLetterFaults(String topic) throws InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config found;
        try {
            found = KafkaFutures.get(Objects.requireNonNull(
                    admin.describeConfigs(List.of(resource)).values().get(resource)));
        } catch (AuthorizationException e) {
            // The right to read the configuration is not needed otherwise.
            return List.of();
        }
        List<String> faults = new ArrayList<>();
        ConfigEntry limit = found.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        int largest = Math.max(
                classifies ? StreamsConfiguration.maxDeadLetterBytes(settings, Settings.CLASSIFY_PREFIX) : 0,
                scores ? StreamsConfiguration.maxDeadLetterBytes(settings, Settings.SCORE_PREFIX) : 0);
        if (limit != null && limit.value() != null && Long.parseLong(limit.value()) < largest) {
            faults.add("max.message.bytes of topic '" + topic + "' is " + limit.value()
                    + ", and a dead letter may have " + largest
                    + " bytes; set dead.letters.max.bytes lower, or raise it with "
                    + alter(topic, TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + largest));
        }
        ConfigEntry policy = found.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy != null && policy.value() != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            faults.add("cleanup.policy of topic '" + topic + "' is " + policy.value()
                    + ", which rejects dead letters without a key; change it with "
                    + alter(topic, TopicConfig.CLEANUP_POLICY_CONFIG + "=" + TopicConfig.CLEANUP_POLICY_DELETE));
        }
        return faults;
    }

    private static String alter(String topic, String config) {
        return "`kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic " + topic + " --add-config " + config
                + "`";
    }
}
