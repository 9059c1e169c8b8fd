package digitstream.client;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What the brokers say about some topics. Topics that are neither found nor denied do not exist.
 *
 * @param found the topics that exist, by name, with the operations that this client may perform on them
 * @param denied the topics that this client may not describe, so that nothing is known about them
 */
public record TopicDescriptions(Map<String, TopicDescription> found, Set<String> denied) {
    /**
     * Asks the brokers.
     *
     * @throws org.apache.kafka.common.KafkaException if no broker answers
     */
    public static TopicDescriptions of(Admin admin, Collection<String> topics) throws InterruptedException {
        Map<String, TopicDescription> found = new LinkedHashMap<>();
        Set<String> denied = new TreeSet<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : admin.describeTopics(
                        topics, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .entrySet()) {
            try {
                found.put(topic.getKey(), KafkaFutures.get(topic.getValue()));
            } catch (TopicAuthorizationException e) {
                denied.add(topic.getKey());
            } catch (UnknownTopicOrPartitionException e) {
                // It is not among those that exist.
            }
        }
        return new TopicDescriptions(found, denied);
    }

    /** Whether the brokers know no such topic. */
    public boolean isMissing(String topic) {
        return !found.containsKey(topic) && !denied.contains(topic);
    }
}
