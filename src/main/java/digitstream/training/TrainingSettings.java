package digitstream.training;

import org.jspecify.annotations.Nullable;

/**
 * The hyperparameters of a training run.
 *
 * @param preset name of the preset
 * @param architecture the network to train
 * @param division how images are split into training, validation and test images
 * @param epochs passes over the training images
 * @param batchSize images per step
 * @param optimiser the optimiser
 * @param learningRate the maximum, if the schedule changes it
 * @param schedule of the learning rate
 * @param weightDecay fraction of each weight that a step subtracts, times the learning rate; not applied to biases
 * @param augmentation random transformations of the training images; null for none
 * @param seed of weight initialisation, data split, shuffling and augmentation
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
    private static final double WARM_UP_FRACTION = 0.1;
    /** The lowest rate relative to the highest. Not zero, because a step at rate zero is wasted. */
    private static final double MIN_RATE_FRACTION = 0.001;

    /** How images are split into training, validation and test images. */
    public enum Division {
        /** The tutorial's split: 50,000 training and 500 test images, drawn at random from all; no validation images. */
        TUTORIAL,
        /** A random twelfth of the training images is held out for validation; the test images are the data's own. */
        HELD_OUT
    }

    /** Optimisers. */
    public enum Optimiser {
        /** Plain stochastic gradient descent, without momentum. */
        SGD,
        /** Adam with decoupled weight decay: Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019). */
        ADAMW
    }

    /** Learning rate schedules. */
    public enum Schedule {
        CONSTANT,
        /** Linear warm-up over the first tenth of the steps, then cosine decay to a thousandth of the maximum. */
        ONE_CYCLE
    }

    public TrainingSettings {
        require(epochs >= 1, "epochs", epochs, "1 or more");
        require(batchSize >= 1, "batch size", batchSize, "1 or more");
        require(learningRate > 0 && learningRate < 1, "learning rate", learningRate, "more than 0 and less than 1");
        require(weightDecay >= 0 && weightDecay < 1, "weight decay", weightDecay, "0 or more and less than 1");
    }

    /** Returns a copy with the values that users can override. */
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

    /** Returns the learning rate of a step, 0 to {@code steps - 1}. */
    double learningRate(long step, long steps) {
        if (schedule == Schedule.CONSTANT) {
            return learningRate;
        }
        double warmUp = Math.max(1, WARM_UP_FRACTION * steps);
        if (step < warmUp) {
            return learningRate * (step + 1) / (warmUp + 1);
        }
        double done = Math.min(1, (step - warmUp) / Math.max(1, steps - warmUp));
        return learningRate * Math.max(MIN_RATE_FRACTION, (1 + Math.cos(Math.PI * done)) / 2);
    }

    /** Describes the optimiser and schedule in one line for users. */
    String describeOptimiser() {
        return (optimiser == Optimiser.SGD ? "SGD" : "AdamW, weight decay " + weightDecay)
                + (schedule == Schedule.CONSTANT ? ", constant learning rate" : ", one-cycle learning rate");
    }

    private static void require(boolean holds, String name, double value, String allowed) {
        if (!holds) {
            String text = value == Math.rint(value) && !Double.isInfinite(value) ? "" + (long) value : "" + value;
            throw new IllegalArgumentException(name + " is " + text + "; set it to " + allowed);
        }
    }
}
