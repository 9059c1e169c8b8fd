package digitstream.training;

import org.jspecify.annotations.Nullable;

/**
 * How to train.
 *
 * @param preset the recipe's name
 * @param architecture what to train
 * @param division how the images are divided
 * @param epochs passes over the training images
 * @param batchSize images a step
 * @param optimiser what changes the weights
 * @param learningRate the optimiser's; the highest, where it changes
 * @param schedule how it changes
 * @param weightDecay share of each weight that a step takes away, times the learning rate; not of biases
 * @param augmentation what is done to the images; null for nothing
 * @param seed of the weights' start, the division, the order of the images and their augmentation
 */
public record TrainingSettings(
        String preset,
        Architecture architecture,
        Division division,
        int epochs,
        int batchSize,
        Optimiser optimiser,
        double learningRate,
        Schedule schedule,
        double weightDecay,
        @Nullable Augmentation augmentation,
        long seed) {
    private static final double WARM_UP = 0.1;
    /** Not quite zero at the very end: a step that does nothing is a wasted one. */
    private static final double LAST = 0.001;

    /** How the images are divided. */
    public enum Division {
        /** As the tutorial did: 50,000 to train on and 500 to test with, at random, of all; none to choose by. */
        TUTORIAL,
        /** A twelfth of the training images, at random, is held out to choose by; the test images are the data's own. */
        HELD_OUT
    }

    /** What changes the weights. */
    public enum Optimiser {
        /** Plain stochastic gradient descent, without momentum. */
        SGD,
        /** Adam with decoupled weight decay: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019). */
        ADAMW
    }

    /** How the learning rate changes from step to step. */
    public enum Schedule {
        CONSTANT,
        /** Up over the first tenth of the steps, then down to a thousandth along a half cosine. */
        ONE_CYCLE
    }

    public TrainingSettings {
        require(epochs >= 1, "epochs", epochs);
        require(batchSize >= 1, "batch size", batchSize);
        require(learningRate > 0 && learningRate < 1, "learning rate", learningRate);
        require(weightDecay >= 0 && weightDecay < 1, "weight decay", weightDecay);
    }

    /** The same recipe with what people change. */
    public TrainingSettings with(int otherEpochs, int otherBatchSize, double otherLearningRate, long otherSeed) {
        return new TrainingSettings(
                preset,
                architecture,
                division,
                otherEpochs,
                otherBatchSize,
                optimiser,
                otherLearningRate,
                schedule,
                weightDecay,
                augmentation,
                otherSeed);
    }

    /** The learning rate of a step, the first being 0, of all. */
    double learningRate(long step, long steps) {
        if (schedule == Schedule.CONSTANT) {
            return learningRate;
        }
        double warmUp = Math.max(1, WARM_UP * steps);
        if (step < warmUp) {
            return learningRate * (step + 1) / (warmUp + 1);
        }
        double done = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
        return learningRate * Math.max(LAST, (1 + Math.cos(Math.PI * done)) / 2);
    }

    /** The optimiser in one line for people. */
    String describeOptimiser() {
        return (optimiser == Optimiser.SGD ? "SGD" : "AdamW, weight decay " + weightDecay)
                + (schedule == Schedule.CONSTANT ? ", constant rate" : ", one cycle of the rate");
    }

    private static void require(boolean holds, String name, double value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "the " + name + " can't be " + (value == Math.rint(value) ? "" + (long) value : "" + value));
        }
    }
}
