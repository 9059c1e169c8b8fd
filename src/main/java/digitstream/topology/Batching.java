package digitstream.topology;

/** What the batching step says of the record that it was given, instead of the record's value. */
sealed interface Batching permits Batching.Opened, Batching.Full, Rejected {

    /** The image opened a batch, which must be classified before the next commit at the latest. */
    record Opened() implements Batching {}

    /** The image made its batch full: it is to be classified now. */
    record Full() implements Batching {}
}
