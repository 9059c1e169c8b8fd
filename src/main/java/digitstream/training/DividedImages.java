package digitstream.training;

import digitstream.data.DataException;
import digitstream.data.DigitData;
import digitstream.data.LabelledImages;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A data set split by purpose.
 *
 * @param training to train on
 * @param validation for model selection; empty if there is no selection
 * @param test for the final evaluation only
 */
record DividedImages(LabelledImages training, Optional<LabelledImages> validation, LabelledImages test) {
    private static final int TUTORIAL_TRAINING_IMAGES = 50_000;
    private static final int TUTORIAL_TEST_IMAGES = 500;
    /** One in so many training images is a validation image. */
    private static final int VALIDATION_DIVISOR = 12;

    static DividedImages of(DigitData data, TrainingSettings settings) {
        return settings.division() == TrainingSettings.Division.TUTORIAL
                ? tutorial(data, settings.seed())
                : heldOut(data, settings.seed());
    }

    private static DividedImages tutorial(DigitData data, long seed) {
        LabelledImages all = data.all();
        if (all.size() < TUTORIAL_TRAINING_IMAGES + TUTORIAL_TEST_IMAGES) {
            throw new DataException("the tutorial's split needs " + (TUTORIAL_TRAINING_IMAGES + TUTORIAL_TEST_IMAGES)
                    + " images, but " + data.origin() + " has " + all.size() + "; choose another preset");
        }
        int[] order = shuffled(all.size(), seed);
        return new DividedImages(
                all.select(Arrays.copyOf(order, TUTORIAL_TRAINING_IMAGES)),
                Optional.empty(),
                all.select(Arrays.copyOfRange(
                        order, TUTORIAL_TRAINING_IMAGES, TUTORIAL_TRAINING_IMAGES + TUTORIAL_TEST_IMAGES)));
    }

    private static DividedImages heldOut(DigitData data, long seed) {
        LabelledImages training = data.training();
        if (training.size() < VALIDATION_DIVISOR) {
            throw new DataException(data.origin() + " has " + training.size() + " training images; at least "
                    + VALIDATION_DIVISOR + " are needed");
        }
        int[] order = shuffled(training.size(), seed);
        int heldOut = training.size() / VALIDATION_DIVISOR;
        return new DividedImages(
                training.select(Arrays.copyOfRange(order, heldOut, order.length)),
                Optional.of(training.select(Arrays.copyOf(order, heldOut))),
                data.test());
    }

    /** Returns the parts that have images; they have none in common. */
    List<LabelledImages> all() {
        return Stream.of(Optional.of(training), validation, Optional.of(test))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the numbers 0 to {@code size - 1}, shuffled by the seed. */
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
