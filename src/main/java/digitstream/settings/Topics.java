package digitstream.settings;

import java.util.List;

/**
 * The names of the topics.
 *
 * @param images images to classify, keyed by image id
 * @param labels labels of images, keyed by image id
 * @param predictions predictions of images, keyed by image id
 * @param accuracy rolling accuracy, keyed by model and window
 * @param models which models were put into service and when, keyed by model
 * @param deadLetters records that cannot be processed, with their original key, value and headers
 */
public record Topics(
        String images, String labels, String predictions, String accuracy, String models, String deadLetters) {

    /** The default names. */
    public static final Topics DEFAULT = new Topics(
            "digits.images",
            "digits.labels",
            "digits.predictions",
            "digits.accuracy",
            "digits.models",
            "digits.dead-letters");

    /** All names, in the order of the record components. */
    public List<String> all() {
        return List.of(images, labels, predictions, accuracy, models, deadLetters);
    }
}
