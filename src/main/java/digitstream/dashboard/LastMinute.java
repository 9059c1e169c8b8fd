package digitstream.dashboard;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what happened in the last minute, by name. Thread-safe. */
final class LastMinute {
    private static final long MILLIS = 60_000;

    private final Deque<Second> seconds = new ArrayDeque<>();

    private record Second(long number, Map<String, Long> counts) {}

    /** Counts one event at a time, which may be a little earlier than that of the event before. */
    void add(String name, long atMillis) {
        add(name, 1, atMillis);
    }

    /** Counts several events at a time. */
    synchronized void add(String name, long events, long atMillis) {
        long number = atMillis / 1_000;
        if (seconds.isEmpty() || seconds.getLast().number() < number) {
            seconds.addLast(new Second(number, new HashMap<>()));
        }
        seconds.getLast().counts().merge(name, events, Long::sum);
    }

    /** Returns the counts of the last minute, by name; without names that were not counted. */
    synchronized Map<String, Long> counts(long nowMillis) {
        seconds.removeIf(second -> second.number() * 1_000 <= nowMillis - MILLIS);
        Map<String, Long> sums = new TreeMap<>();
        seconds.forEach(second -> second.counts().forEach((name, count) -> sums.merge(name, count, Long::sum)));
        return sums;
    }
}
