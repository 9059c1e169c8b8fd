package digitstream.streams;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * How the stream threads of a topology poll.
 *
 * @param topics the topics whose polled records are handed on together, as {@link PolledRecords}; the records of others are
 *     handed on one by one
 * @param enoughRecords a poll that returns fewer than this is followed by a pause, so that more records gather
 * @param gathering how long two such polls are apart at least; zero for no pause
 * @param commitInterval the least time between two commits while a thread keeps up, or empty if {@code commit.interval.ms}
 *     alone decides
 */
public record Polling(Set<String> topics, int enoughRecords, Duration gathering, Optional<Duration> commitInterval) {
    /** Hands on each record by itself. */
    public static final Polling ONE_BY_ONE = new Polling(Set.of(), 0, Duration.ZERO, Optional.empty());

    public Polling {
        topics = Set.copyOf(topics);
    }
}
