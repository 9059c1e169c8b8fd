package digitstream.settings;

import java.util.List;

/**
 * The names of the topics.
 *
 * @param images images to classify, keyed by image id
 * @param labels labels of images, keyed by image id
 * @param predictions predictions of images, keyed by image id
 * @param challengerPredictions predictions of challengers, keyed by image id
 * @param accuracy rolling accuracy, keyed by model and window
 * @param comparisons champions compared with challengers, keyed by both versions
 * @param models which model versions are released, and as what, keyed by model version
 * @param instances which model each serving process classifies with, keyed by process
 * @param deadLetters records that cannot be processed, with their original key, value and headers
 */
public record Topics(
        String images,
        String labels,
        String predictions,
        String challengerPredictions,
        String accuracy,
        String comparisons,
        String models,
        String instances,
        String deadLetters) {

    /** The default names. */
    public static final Topics DEFAULT = new Topics(
            "digits.images",
            "digits.labels",
            "digits.predictions",
            "digits.challenger.predictions",
            "digits.accuracy",
            "digits.comparisons",
            "digits.models",
            "digits.instances",
            "digits.dead-letters");

    /** All names, in the order of the record components. */
    public List<String> all() {
        return List.of(
                images,
                labels,
                predictions,
                challengerPredictions,
                accuracy,
                comparisons,
                models,
                instances,
                deadLetters);
    }

    /** Those that scoring joins by partition. They need the same number of partitions. */
    public List<String> joined() {
        return List.of(labels, predictions, challengerPredictions);
    }
}
