package digitstream.verdict;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What is known of a stream at one moment. Times are in milliseconds since the epoch.
 *
 * @param watchedSinceMillis since when the stream has been watched
 * @param brokersAwaySinceMillis since when the brokers have not responded; empty if they do
 * @param imagesPerSecond the rate of images in the last minute in which some came; empty if none have come yet
 * @param predictionsPerSecond the rate of predictions in the last minute
 * @param waitingImages images that are not yet classified; empty if unknown
 * @param waitingEvents predictions and labels that are not yet scored; empty if unknown
 * @param eventsPerSecond the rate of predictions and labels, likewise
 * @param lastPredictionMillis when the last prediction came; empty before the first
 * @param lastLabelMillis when the last label came; empty before the first
 * @param latencyP99Millis of the last minute, from event time to readable prediction; empty without predictions
 * @param deadLetters those of the last minute, by their reason
 * @param models the version in service and all others that have predicted in the last minute; empty if unknown
 */
public record Observation(
        long atMillis,
        long watchedSinceMillis,
        OptionalLong brokersAwaySinceMillis,
        OptionalDouble imagesPerSecond,
        double predictionsPerSecond,
        OptionalLong waitingImages,
        OptionalLong waitingEvents,
        OptionalDouble eventsPerSecond,
        OptionalLong lastPredictionMillis,
        OptionalLong lastLabelMillis,
        OptionalLong latencyP99Millis,
        Map<String, Long> deadLetters,
        List<Model> models) {
    public Observation {
        deadLetters = Map.copyOf(deadLetters);
        models = List.copyOf(models);
    }

    /**
     * What is known of a model version.
     *
     * @param name {@code <name>/<version>}
     * @param validationAccuracy its accuracy on the validation images, 0 to 1; empty if its card has none
     * @param measured by labels; empty if too few images have one
     * @param unlabelled whether it has predictions, as many as should have a label, but has never had a label
     * @param startedMillis when it was started, the first time that is known; empty if unknown
     * @param estimated without labels; empty if there are too few predictions to know what they are worth
     * @param compared what labels and predictions say of the same images; empty if too few have a label, or without calibration
     */
    public record Model(
            String name,
            OptionalDouble validationAccuracy,
            Optional<Measured> measured,
            boolean unlabelled,
            OptionalLong startedMillis,
            Optional<Estimated> estimated,
            Optional<Compared> compared) {}

    /**
     * The accuracy by labels.
     *
     * @param window in words, such as "in the last minute"
     * @param accuracy 0 to 1
     * @param low the lower end of the 95 % interval
     * @param high its upper end
     */
    public record Measured(String window, double accuracy, double low, double high) {}

    /**
     * The accuracy by calibrated confidence.
     *
     * @param window which images, in words, such as "in the last minute"
     * @param accuracy that of these images, 0 to 1; empty if the model is not calibrated
     * @param low the lower end of its interval; likewise
     * @param latest that of the latest images, or of the window if it is lower beyond chance; likewise
     * @param drift how unlike the validation images the images are: the largest population stability index of predicted digits and
     *     confidences, in the window or in the latest images
     */
    public record Estimated(
            String window, OptionalDouble accuracy, OptionalDouble low, Optional<Latest> latest, double drift) {}

    /**
     * The accuracy of the latest images with a label, by their labels and by the calibrated confidence of their predictions.
     *
     * @param measured by labels, 0 to 1
     * @param measuredHigh the upper end of its 95 % interval
     * @param estimate without labels, 0 to 1
     * @param estimateLow the lower end of its interval
     * @param drift how unlike the validation images these images are
     */
    public record Compared(double measured, double measuredHigh, double estimate, double estimateLow, double drift) {}

    /**
     * The accuracy by calibrated confidence of the latest images, which are enough to alarm.
     *
     * @param accuracy 0 to 1
     * @param high what the mean confidence of many such images is at most
     */
    public record Latest(double accuracy, double high) {}
}
