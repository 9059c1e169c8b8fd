package digitstream.data;

import java.util.stream.IntStream;

/**
 * A data set of digits: training images and test images.
 *
 * @param name short name, such as "mnist" or "drawn"
 * @param origin where the digits come from, in one line for users
 */
public record DigitData(String name, String origin, LabelledImages training, LabelledImages test) {

    /** Splits images deterministically: every {@code every}-th is a test image, the others are training images. */
    static DigitData withTestEvery(int every, String name, String origin, LabelledImages all) {
        if (all.size() < every) {
            throw new DataException(origin + " has " + all.size() + " images; at least " + every + " are needed");
        }
        return new DigitData(
                name,
                origin,
                all.select(IntStream.range(0, all.size())
                        .filter(i -> i % every != every - 1)
                        .toArray()),
                all.select(IntStream.range(0, all.size())
                        .filter(i -> i % every == every - 1)
                        .toArray()));
    }

    /** All images: training images first, then test images. */
    public LabelledImages all() {
        return training.followedBy(test);
    }
}
