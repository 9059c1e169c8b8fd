package digitstream.client;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.common.KafkaException;

/** Waits for the results of Kafka's asynchronous calls. */
public final class KafkaFutures {
    private KafkaFutures() {}

    /**
     * Waits for a result.
     *
     * @throws KafkaException what the call failed with, such as
     *     {@link org.apache.kafka.common.errors.UnknownTopicOrPartitionException}, without the {@link ExecutionException}
     *     around it
     */
    public static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
        }
    }
}
