package digitstream.streams;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/** The deaths of a topology's stream threads in the last five minutes, and what they mean together. Thread-safe. */
final class FailureHistory {
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int MAX_FAILURES = 10;
    /** Once is an accident and twice a coincidence; each further death would delay the other records by 15 s. */
    private static final int MAX_IN_ONE_PLACE = 3;

    private record Entry(long timeMillis, ThreadFailure failure) {}

    private final Clock clock;
    private final Deque<Entry> entries = new ArrayDeque<>();
    private Optional<String> verdict = Optional.empty();

    FailureHistory(Clock clock) {
        this.clock = clock;
    }

    /** Adds a failure that has just happened. */
    synchronized void add(ThreadFailure failure) {
        prune();
        entries.addLast(new Entry(clock.millis(), failure));
        if (verdict.isEmpty()) {
            verdict = judge(failure);
        }
    }

    private Optional<String> judge(ThreadFailure failure) {
        if (failure instanceof ThreadFailure.Permanent) {
            return Optional.of(failure.cause());
        }
        if (failure instanceof ThreadFailure.Unexplained unexplained
                && unexplained.place().isPresent()) {
            String place = unexplained.place().get();
            if (timesAt(place) >= MAX_IN_ONE_PLACE) {
                return Optional.of("stream threads failed " + MAX_IN_ONE_PLACE + " times at " + place + " ("
                        + failure.cause() + "); see docs/operating.md, Threads die in one place");
            }
        }
        if (entries.size() > MAX_FAILURES) {
            return Optional.of(entries.size() + " stream threads failed within " + WINDOW.toMinutes()
                    + " minutes, the last one with " + failure.cause() + "; see the log above for the others");
        }
        return Optional.empty();
    }

    private long timesAt(String place) {
        return entries.stream()
                .filter(entry -> entry.failure() instanceof ThreadFailure.Unexplained other
                        && other.place().equals(Optional.of(place)))
                .count();
    }

    /** The sentence that says why the topology can't go on, once that is certain. */
    synchronized Optional<String> verdict() {
        return verdict;
    }

    /** The last failure and its age, for as long as it is in the window. */
    synchronized Optional<String> last() {
        prune();
        Entry last = entries.peekLast();
        return last == null
                ? Optional.empty()
                : Optional.of("a stream thread failed " + (clock.millis() - last.timeMillis()) / 1000 + " s ago: "
                        + last.failure().cause());
    }

    private void prune() {
        long oldest = clock.millis() - WINDOW.toMillis();
        for (Iterator<Entry> all = entries.iterator();
                all.hasNext() && all.next().timeMillis() < oldest; ) {
            all.remove();
        }
    }
}
