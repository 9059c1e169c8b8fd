package digitstream.serde;

/** What became of a record's bytes: a value, or the reason why they are none. */
public sealed interface Decoded<T> {

    /** The bytes were read whole. */
    record Value<T>(T value) implements Decoded<T> {}

    /**
     * The bytes are not a value and never will be: reading them again gives the same answer.
     *
     * @param reason one line for people that says what is wrong
     */
    record Malformed<T>(String reason) implements Decoded<T> {}
}
