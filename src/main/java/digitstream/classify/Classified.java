package digitstream.classify;

import digitstream.avro.Prediction;

/** The classification result of an image. */
sealed interface Classified {

    /** The model classified the image. */
    record Predicted(Prediction prediction) implements Classified {}

    /** The model fails on this image or returns no probability distribution for it, but works on other images. */
    record Unclassifiable(String message) implements Classified {}
}
