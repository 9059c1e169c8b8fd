package digitstream.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A data set of digits: training images and test images.
 *
 * @param name short name: "mnist" for MNIST itself, "drawn", or the name of the folder or file
 * @param origin where the digits come from and what was taken as what, in one line for users
 * @param notes further lines for the log, such as the files that were passed over
 * @param passedOver how many files are not used because they can't be read
 */
public record DigitData(
        String name, String origin, LabelledImages training, LabelledImages test, List<String> notes, int passedOver) {
    /** One image in this many is a test image where a data set has no test images of its own. */
    static final int TEST_EVERY = 7;

    private static final int MNIST_IMAGES = 70_000;
    private static final int MNIST_TRAINING_IMAGES = 60_000;

    public DigitData {
        notes = List.copyOf(notes);
    }

    /** Creates a data set of which everything was read. */
    public DigitData(String name, String origin, LabelledImages training, LabelledImages test) {
        this(name, origin, training, test, List.of(), 0);
    }

    /** Creates a data set that is named after its content, if that is known, or else after the folder or file that holds it. */
    static DigitData of(Path holder, String origin, LabelledImages training, LabelledImages test) {
        if (training.size() == 0 || test.size() == 0) {
            throw new DataException(origin + ": there are " + training.size() + " training images and " + test.size()
                    + " test images; at least one of each is needed");
        }
        if (training.brightest() == 1 || test.brightest() == 1) {
            throw new DataException(origin + ": the largest pixel of the "
                    + (training.brightest() == 1 ? "training" : "test") + " images is 1, as of images scaled to 0 to 1;"
                    + " save pixels from 0 to 255, or as bool in NumPy");
        }
        return new DigitData(DataName.of(holder, training, test), origin, training, test);
    }

    /** Splits images that are in one piece: MNIST's 70,000 as they are always split, others with {@link #withTestEvery}. */
    static DigitData divided(Path holder, String origin, LabelledImages all) {
        return all.size() == MNIST_IMAGES
                ? of(
                        holder,
                        origin,
                        all.slice(0, MNIST_TRAINING_IMAGES),
                        all.slice(MNIST_TRAINING_IMAGES, MNIST_IMAGES))
                : withTestEvery(TEST_EVERY, holder, origin, all);
    }

    /** Splits images deterministically: every {@code every}-th is a test image, the others are training images. */
    static DigitData withTestEvery(int every, Path holder, String origin, LabelledImages all) {
        if (all.size() < every) {
            throw new DataException(origin + " has " + all.size() + " images; at least " + every + " are needed");
        }
        return of(
                holder,
                origin + ", every " + every + "th for testing",
                all.select(IntStream.range(0, all.size())
                        .filter(i -> i % every != every - 1)
                        .toArray()),
                all.select(IntStream.range(0, all.size())
                        .filter(i -> i % every == every - 1)
                        .toArray()));
    }

    /** Returns the same digits, named after what the user named unless they are known by their content. */
    DigitData namedAfter(Path named) {
        return name.equals(DataName.MNIST)
                ? this
                : new DigitData(DataName.of(named), origin, training, test, notes, passedOver);
    }

    DigitData with(PassedOver files) {
        return withNotes(files.toLog(), passedOver + files.count());
    }

    DigitData withNote(String note) {
        return withNotes(List.of(note), passedOver);
    }

    private DigitData withNotes(List<String> more, int nowPassedOver) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new DigitData(name, origin, training, test, all, nowPassedOver);
    }

    /**
     * Returns these digits.
     *
     * @throws DataException if all training images show the same digit, so that nothing can be learnt from them
     */
    public DigitData forTraining() {
        int first = training.label(0);
        if (IntStream.range(0, training.size()).allMatch(i -> training.label(i) == first)) {
            throw new DataException(origin + ": all " + training.size() + " training images have the label " + first
                    + "; training needs images of at least two digits");
        }
        return this;
    }

    /** All images: training images first, then test images. */
    public LabelledImages all() {
        return training.followedBy(test);
    }
}
