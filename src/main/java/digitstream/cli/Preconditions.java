package digitstream.cli;

import digitstream.client.KafkaFutures;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Checks that a command makes before it starts. */
final class Preconditions {
    private Preconditions() {}

    /**
     * Checks that the brokers respond and the topic exists.
     *
     * @throws UserException if the topic does not exist
     * @throws KafkaException if the brokers do not respond
     */
    static void requireTopic(Admin admin, String topic) throws InterruptedException {
        try {
            KafkaFutures.get(admin.describeTopics(List.of(topic)).allTopicNames());
        } catch (UnknownTopicOrPartitionException e) {
            throw new UserException(
                    "topic " + topic + " does not exist; create it with `digitstream topics create`", e);
        }
    }
}
