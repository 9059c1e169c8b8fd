package digitstream.score;

import digitstream.common.DrawnId;
import io.micrometer.core.instrument.Counter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Leaves the predictions and labels of digits that people draw on the dashboard out of scoring: drawings are no sample of the
 * stream. Shared by the tasks of a topology; thread-safe.
 */
final class DrawnDigits {
    private final boolean scored;
    private final Map<String, Counter> leftOut;

    /**
     * Creates the filter.
     *
     * @param scored whether they are scored like others
     * @param topics of labels and predictions
     */
    DrawnDigits(boolean scored, List<String> topics, ScoreMetrics metrics) {
        this.scored = scored;
        this.leftOut = topics.stream().collect(Collectors.toMap(topic -> topic, metrics::leftOut));
    }

    /** Whether a valid record must not be scored. Counts it if so. */
    boolean leaveOut(ConsumerRecord<byte[], byte[]> record) {
        if (scored || !DrawnId.isDrawn(record.key())) {
            return false;
        }
        Objects.requireNonNull(leftOut.get(record.topic())).increment();
        return true;
    }
}
