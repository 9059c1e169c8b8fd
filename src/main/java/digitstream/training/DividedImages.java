package digitstream.training;

import digitstream.data.DataException;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Images with what each is for.
 *
 * @param training to learn from
 * @param validation to choose by; empty where nothing is chosen
 * @param test to say how good the model is; decides nothing
 */
record DividedImages(LabelledImages training, Optional<LabelledImages> validation, LabelledImages test) {
    private static final int TUTORIAL_TRAINING = 50_000;
    private static final int TUTORIAL_TEST = 500;
    private static final int HELD_OUT_OF = 12;

    static DividedImages of(DigitData data, TrainingSettings settings) {
        return settings.division() == TrainingSettings.Division.TUTORIAL
                ? tutorial(data, settings.seed())
                : heldOut(data, settings.seed());
    }

    private static DividedImages tutorial(DigitData data, long seed) {
        LabelledImages all = data.all();
        if (all.size() < TUTORIAL_TRAINING + TUTORIAL_TEST) {
            throw new DataException("the tutorial's division needs " + (TUTORIAL_TRAINING + TUTORIAL_TEST) + " images, "
                    + data.origin() + " has " + all.size() + "; take another preset");
        }
        int[] order = shuffled(all.size(), seed);
        return new DividedImages(
                all.select(Arrays.copyOf(order, TUTORIAL_TRAINING)),
                Optional.empty(),
                all.select(Arrays.copyOfRange(order, TUTORIAL_TRAINING, TUTORIAL_TRAINING + TUTORIAL_TEST)));
    }

    private static DividedImages heldOut(DigitData data, long seed) {
        LabelledImages training = data.training();
        if (training.size() < HELD_OUT_OF) {
            throw new DataException(data.origin() + " has " + training.size() + " images to train on; at least "
                    + HELD_OUT_OF + " are needed");
        }
        int[] order = shuffled(training.size(), seed);
        int heldOut = training.size() / HELD_OUT_OF;
        return new DividedImages(
                training.select(Arrays.copyOfRange(order, heldOut, order.length)),
                Optional.of(training.select(Arrays.copyOf(order, heldOut))),
                data.test());
    }

    /** The numbers from 0 on, in an order that the seed decides. */
    static int[] shuffled(int size, long seed) {
        Random random = new Random(seed);
        int[] order = IntStream.range(0, size).toArray();
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
