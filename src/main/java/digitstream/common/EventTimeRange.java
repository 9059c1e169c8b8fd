package digitstream.common;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The times that records may state for their events. A time outside is a mistake of its producer, usually of the unit. It would
 * count in no window and spoil every latency, so such a record is rejected.
 *
 * @param earliest inclusive
 * @param maxAhead how far a time may be ahead of the current time, for clocks that differ
 */
public record EventTimeRange(Instant earliest, Duration maxAhead) {
    public static final EventTimeRange DEFAULT =
            new EventTimeRange(Instant.parse("2000-01-01T00:00:00Z"), Duration.ofDays(1));

    /** What programs send for a time that was never set: zero, the smallest and largest long, and .NET's year 1. */
    private static final Set<Long> UNSET = Set.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, -62_135_596_800_000L);

    private static final long THOUSAND = 1_000;

    /** Whether a time is in the range. */
    public boolean contains(long millis, long nowMillis) {
        return millis >= earliest.toEpochMilli() && millis <= nowMillis + maxAhead.toMillis();
    }

    /**
     * What is wrong with a time, with the likely cause, in one line; empty if it is in the range.
     *
     * @param field the name of the record's field
     * @param millis milliseconds since 1970; any value
     */
    public Optional<String> fault(String field, long millis, long nowMillis) {
        if (contains(millis, nowMillis)) {
            return Optional.empty();
        }
        long first = earliest.toEpochMilli();
        long last = nowMillis + maxAhead.toMillis();
        String side = millis < first
                ? "before " + earliest + " (event.time.min)"
                : "more than " + maxAhead.toMillis() + " ms in the future (event.time.max.ahead.ms)";
        return Optional.of(field + " is " + millis + ", which is " + Instant.ofEpochMilli(millis) + ", " + side + "; "
                + advice(millis, first, last));
    }

    private static String advice(long millis, long first, long last) {
        if (UNSET.contains(millis)) {
            return "set it to the time of the event, in milliseconds since 1970";
        }
        if (millis >= first / THOUSAND && millis <= last / THOUSAND) {
            return "is it in seconds? send milliseconds since 1970";
        }
        long fromMicros = millis / THOUSAND;
        if (fromMicros >= first && fromMicros <= last) {
            return "is it in microseconds? send milliseconds since 1970";
        }
        long fromNanos = fromMicros / THOUSAND;
        if (fromNanos >= first && fromNanos <= last) {
            return "is it in nanoseconds? send milliseconds since 1970";
        }
        return millis < first
                ? "correct it, or set event.time.min to an earlier time if events are that old"
                : "check the unit, which is milliseconds since 1970, and the clock of its producer";
    }
}
