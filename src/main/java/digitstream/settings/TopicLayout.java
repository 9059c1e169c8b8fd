package digitstream.settings;

import java.time.Duration;

/**
 * The partitions, replication and retention of the topics when they are created.
 *
 * @param partitions number of partitions of the images, labels, predictions, challengers' predictions and dead-letters topics.
 *     Labels and both kinds of predictions must have the same number, because scoring joins them. The accuracy, comparisons,
 *     models and instances topics have one.
 * @param replicationFactor replicas of each partition, or {@link #BROKER_DEFAULT}
 */
public record TopicLayout(
        int partitions,
        short replicationFactor,
        Duration imagesRetention,
        Duration labelsRetention,
        Duration predictionsRetention,
        Duration accuracyRetention,
        Duration deadLettersRetention) {

    /** Uses the broker's {@code default.replication.factor}. */
    public static final short BROKER_DEFAULT = -1;
}
