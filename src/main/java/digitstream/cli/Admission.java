package digitstream.cli;

import digitstream.client.KafkaFutures;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** What must be true before a command begins. */
final class Admission {
    private Admission() {}

    /** That the brokers answer and the topic exists. */
    static void requireTopic(Admin admin, String topic) throws InterruptedException {
        try {
            KafkaFutures.get(admin.describeTopics(List.of(topic)).allTopicNames());
        } catch (UnknownTopicOrPartitionException e) {
            throw new UserException(
                    "topic " + topic + " does not exist; create it with `digitstream topics create`", e);
        }
    }
}
