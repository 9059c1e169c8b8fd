package digitstream.settings;

import java.util.List;

/**
 * The names of the topics.
 *
 * @param images what is to be classified, keyed by image id
 * @param labels what the images show, keyed by image id
 * @param predictions what the model says, keyed by image id
 * @param accuracy rolling accuracy, keyed by model and window
 * @param models which models were put to work and when, keyed by model
 * @param deadLetters what could not be read or classified, with the original key, value and headers
 */
public record Topics(
        String images, String labels, String predictions, String accuracy, String models, String deadLetters) {

    /** The names that others see unless they are set otherwise. */
    public static final Topics DEFAULT = new Topics(
            "digits.images",
            "digits.labels",
            "digits.predictions",
            "digits.accuracy",
            "digits.models",
            "digits.dead-letters");

    /** All of them, in the order of a record's way. */
    public List<String> all() {
        return List.of(images, labels, predictions, accuracy, models, deadLetters);
    }
}
