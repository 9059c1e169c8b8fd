package digitstream.streams;

import java.util.Optional;

/** What the death of a stream thread means. */
public sealed interface ThreadFailure {
    /** One line about the cause, for the user. */
    String cause();

    /** Something that is away or busy, such as a broker. A new thread can go on once it is back. */
    record Temporary(String cause) implements ThreadFailure {}

    /**
     * A state that no new thread heals.
     *
     * @param cause one sentence with the cause and the remedy
     */
    record Permanent(String cause) implements ThreadFailure {}

    /**
     * Anything else. A new thread may or may not succeed; one that fails in the same place several times does not.
     *
     * @param place the offset or the task that failed, if it is known
     */
    record Unexplained(String cause, Optional<String> place) implements ThreadFailure {}
}
