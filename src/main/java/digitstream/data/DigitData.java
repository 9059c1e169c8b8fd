package digitstream.data;

/**
 * Digits to train on and digits to test with.
 *
 * @param name short: "mnist", "drawn"
 * @param origin where they come from, in one line for people
 */
public record DigitData(String name, String origin, LabelledImages training, LabelledImages test) {}
