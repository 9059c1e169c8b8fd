package digitstream.topology;

import org.jspecify.annotations.Nullable;

/**
 * A record that can't be used, on its way to the dead letters.
 *
 * @param message one line for people
 * @param value the record's, as it stood
 */
record Rejected(DeadLetterReason reason, String message, DeadLetters.Source source, byte @Nullable [] value)
        implements Batching, Scoring {}
