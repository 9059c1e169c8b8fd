package digitstream.data;

import java.util.stream.IntStream;

/**
 * Digits to train on and digits to test with.
 *
 * @param name short: "mnist", "drawn"
 * @param origin where they come from, in one line for people
 */
public record DigitData(String name, String origin, LabelledImages training, LabelledImages test) {

    /** Of images that nobody has divided: every so many is one to test with, the same ones each time. */
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

    /** All images: those to train on, then those to test with. */
    public LabelledImages all() {
        return training.followedBy(test);
    }
}
