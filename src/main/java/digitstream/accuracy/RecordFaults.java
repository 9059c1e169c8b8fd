package digitstream.accuracy;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.common.Excerpt;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Validates decoded records. A fault is one line that says what is wrong; text from the record is shortened in it. */
public final class RecordFaults {
    private static final int MAX_ID_CHARACTERS = 256;

    /** More than a model card may have. Names are part of keys in stores and topics. */
    private static final int MAX_NAME_CHARACTERS = 128;

    /** Enough for probabilities that are rounded to two decimals. */
    private static final double SUM_TOLERANCE = 0.05;

    private RecordFaults() {}

    /**
     * The fault of an image id, which images, labels and predictions share, or empty if it is valid.
     *
     * @param key the record's key. It is compared byte by byte: decoded, malformed keys would equal each other.
     */
    public static Optional<String> ofId(byte @Nullable [] key, String imageId) {
        if (imageId.isEmpty() || imageId.length() > MAX_ID_CHARACTERS) {
            return Optional.of(
                    "the image id has " + imageId.length() + " characters; it must have 1 to " + MAX_ID_CHARACTERS);
        }
        return Arrays.equals(key, imageId.getBytes(UTF_8))
                ? Optional.empty()
                : Optional.of("the record's key is not the image id '" + Excerpt.of(imageId) + "' in UTF-8");
    }

    /** The fault of a label, except for its id, or empty if it is valid. */
    public static Optional<String> of(DigitLabel label, EventTimeRange times, long nowMillis) {
        return isDigit(label.getLabel())
                ? times.fault("labelledAt", label.getLabelledAt().toEpochMilli(), nowMillis)
                : Optional.of("the label is " + label.getLabel() + "; it must be 0 to 9");
    }

    /** The fault of a prediction, except for its id, or empty if it is valid. */
    public static Optional<String> of(Prediction prediction, EventTimeRange times, long nowMillis) {
        if (!isDigit(prediction.getLabel())) {
            return Optional.of("the predicted label is " + prediction.getLabel() + "; it must be 0 to 9");
        }
        if (!isProbability(prediction.getConfidence())) {
            return Optional.of("the confidence is " + prediction.getConfidence() + "; it must be 0 to 1");
        }
        return ofProbabilities(prediction.getProbabilities())
                .or(() -> ofName("model name", prediction.getModelName()))
                .or(() -> ofName("model version", prediction.getModelVersion()))
                .or(() -> times.fault("eventTime", prediction.getEventTime().toEpochMilli(), nowMillis));
    }

    /** Whether a model version has a valid name and version, so that it may stand in keys. */
    public static boolean isValid(ModelVersion model) {
        return ofName("model name", model.name())
                .or(() -> ofName("model version", model.version()))
                .isEmpty();
    }

    private static Optional<String> ofProbabilities(List<Float> probabilities) {
        if (probabilities.size() != Digits.CLASSES) {
            return Optional.of("there are " + probabilities.size() + " probabilities; there must be " + Digits.CLASSES
                    + ", one for each digit");
        }
        double sum = 0;
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            float probability = probabilities.get(digit);
            if (!isProbability(probability)) {
                return Optional.of("the probability of the digit " + digit + " is " + probability
                        + "; it must be 0 to 1, so send the output of a softmax, not logits or logarithms");
            }
            sum += probability;
        }
        return Math.abs(sum - 1) <= SUM_TOLERANCE
                ? Optional.empty()
                : Optional.of("the probabilities sum to " + (float) sum + "; they must sum to 1");
    }

    private static Optional<String> ofName(String what, String name) {
        if (name.isBlank() || name.length() > MAX_NAME_CHARACTERS) {
            return Optional.of("the " + what + " has " + name.length() + " characters; it must have 1 to "
                    + MAX_NAME_CHARACTERS + ", and not only blanks");
        }
        if (name.indexOf('/') >= 0 || name.chars().anyMatch(Character::isISOControl)) {
            return Optional.of("the " + what + " '" + Excerpt.of(name)
                    + "' contains '/' or a control character; '/' separates name, version and window in keys");
        }
        return Optional.empty();
    }

    private static boolean isDigit(int label) {
        return label >= 0 && label < Digits.CLASSES;
    }

    private static boolean isProbability(float value) {
        // False for NaN.
        return value >= 0 && value <= 1;
    }
}
