package digitstream.accuracy;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import java.util.Optional;

/** Validates decoded labels and predictions. A fault is one line that says what is wrong. */
public final class RecordFaults {
    private RecordFaults() {}

    /** The fault of a label, or empty if it is valid. */
    public static Optional<String> of(DigitLabel label) {
        return isDigit(label.getLabel())
                ? Optional.empty()
                : Optional.of("the label is " + label.getLabel() + "; it must be 0 to 9");
    }

    /** The fault of a prediction, or empty if it is valid. */
    public static Optional<String> of(Prediction prediction) {
        if (!isDigit(prediction.getLabel())) {
            return Optional.of("the predicted label is " + prediction.getLabel() + "; it must be 0 to 9");
        }
        if (!(prediction.getConfidence() >= 0 && prediction.getConfidence() <= 1)) {
            return Optional.of("the confidence is " + prediction.getConfidence() + "; it must be 0 to 1");
        }
        if (prediction.getModelName().isEmpty() && prediction.getModelVersion().isEmpty()) {
            return Optional.of("the model name and the model version are both empty");
        }
        return Optional.empty();
    }

    private static boolean isDigit(int label) {
        return label >= 0 && label < Digits.CLASSES;
    }
}
