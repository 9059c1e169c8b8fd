package digitstream.settings;

import java.time.Duration;

/**
 * How the topics are created.
 *
 * @param partitions of images, labels, predictions and dead letters; predictions and labels must have as many as each
 *     other, because scoring joins them. Accuracy, a few records a second, has one.
 * @param replicationFactor copies of each partition, or {@link #BROKERS_DEFAULT}
 */
public record TopicLayout(
        int partitions,
        short replicationFactor,
        Duration imagesRetention,
        Duration labelsRetention,
        Duration predictionsRetention,
        Duration accuracyRetention,
        Duration deadLettersRetention) {

    /** The broker's {@code default.replication.factor} decides. */
    public static final short BROKERS_DEFAULT = -1;
}
