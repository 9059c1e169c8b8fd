package digitstream.accuracy;

import digitstream.avro.DigitLabel;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import java.util.Optional;

/** Why a label or a prediction can't be counted, though its bytes follow the schema. Each fault is a line for people. */
public final class RecordFaults {
    private RecordFaults() {}

    /** A label's fault; empty where it can be counted. */
    public static Optional<String> of(DigitLabel label) {
        return isDigit(label.getLabel())
                ? Optional.empty()
                : Optional.of("the label is " + label.getLabel() + ", not a digit 0 to 9");
    }

    /** A prediction's fault; empty where it can be counted. */
    public static Optional<String> of(Prediction prediction) {
        if (!isDigit(prediction.getLabel())) {
            return Optional.of("the predicted label is " + prediction.getLabel() + ", not a digit 0 to 9");
        }
        if (!(prediction.getConfidence() >= 0 && prediction.getConfidence() <= 1)) {
            return Optional.of("the confidence is " + prediction.getConfidence() + ", not 0 to 1");
        }
        if (prediction.getModelName().isEmpty() && prediction.getModelVersion().isEmpty()) {
            return Optional.of("the model has no name and no version");
        }
        return Optional.empty();
    }

    private static boolean isDigit(int label) {
        return label >= 0 && label < Digits.CLASSES;
    }
}
