package digitstream.classify;

import digitstream.avro.Prediction;

/** What became of an image of a batch. */
sealed interface Classified {

    /** The model answered. */
    record Predicted(Prediction prediction) implements Classified {}

    /** The model fails on this image, alone too, though it works on others. */
    record Unclassifiable(String message) implements Classified {}
}
