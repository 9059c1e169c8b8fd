package digitstream.serde;

/** The result of decoding: a value, or the reason why the bytes are malformed. */
public sealed interface Decoded<T> {

    /** The bytes were decoded completely. */
    record Value<T>(T value) implements Decoded<T> {}

    /**
     * The bytes are malformed for good: decoding them again gives the same result.
     *
     * @param reason what is wrong with the bytes, in one line
     */
    record Malformed<T>(String reason) implements Decoded<T> {}
}
