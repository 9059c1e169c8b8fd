package digitstream.classify;

import digitstream.accuracy.Calibration;
import digitstream.common.Digits;

/** The classification result of an image. */
sealed interface Classified {

    /** The model classified the image. */
    final class Predicted implements Classified {
        private final float[] output;
        private final int from;
        private final int label;
        private final long predictedAtMillis;
        private final int batchSize;

        /**
         * A prediction.
         *
         * @param output the model's output for a whole call, which the predictions of the call share
         * @param from the index of the image's probabilities in it
         * @param label the most probable digit; among equally probable ones, the smallest
         * @param predictedAtMillis when the model returned, in milliseconds since the epoch
         * @param batchSize the number of images in the batch
         */
        Predicted(float[] output, int from, int label, long predictedAtMillis, int batchSize) {
            this.output = output;
            this.from = from;
            this.label = label;
            this.predictedAtMillis = predictedAtMillis;
            this.batchSize = batchSize;
        }

        int label() {
            return label;
        }

        float confidence() {
            return output[from + label];
        }

        /** The probability of a digit, 0 to 9. */
        float probability(int digit) {
            return output[from + digit];
        }

        long predictedAtMillis() {
            return predictedAtMillis;
        }

        int batchSize() {
            return batchSize;
        }

        /** The confidence after {@link Calibration}. */
        double calibrated(double temperature) {
            return Calibration.confidence(output, from, Digits.CLASSES, temperature);
        }
    }

    /** The model fails on this image or returns no probability distribution for it, but works on other images. */
    record Unclassifiable(String message) implements Classified {}
}
