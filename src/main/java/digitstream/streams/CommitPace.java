package digitstream.streams;

import java.time.Clock;
import java.time.Duration;

/**
 * Decides when a stream thread commits before its {@code commit.interval.ms}: at most once per interval, and only while the
 * thread keeps up with its input. While it lags, a commit costs throughput and no longer decides the latency. Used only by the
 * thread of its consumer.
 */
public final class CommitPace {
    private final long intervalMillis;
    private final Clock clock;
    private long committedAtMillis;
    private boolean uncommitted;
    private boolean lagging;

    /** A pace with this time between two commits at least. */
    public CommitPace(Duration interval, Clock clock) {
        this.intervalMillis = interval.toMillis();
        this.clock = clock;
        this.committedAtMillis = clock.millis() - intervalMillis;
    }

    /** Says that records were polled, and whether more are waiting than one poll returns. */
    public void polled(boolean lagging) {
        this.uncommitted = true;
        this.lagging = lagging;
    }

    /** Whether the thread should commit now. A caller that commits calls {@link #committed}. */
    public boolean isDue() {
        return uncommitted && !lagging && clock.millis() - committedAtMillis >= intervalMillis;
    }

    /** Says that the thread commits what it has processed. */
    public void committed() {
        uncommitted = false;
        committedAtMillis = clock.millis();
    }

    /**
     * The time until the thread should commit, at most the given time, in milliseconds. A commit that is overdue by another
     * interval has no task left that would ask for it, because the partition went to another thread, with its commit.
     */
    long untilDue(long atMostMillis) {
        long remaining = committedAtMillis + intervalMillis - clock.millis();
        if (remaining < -intervalMillis) {
            uncommitted = false;
        }
        return uncommitted && !lagging ? Math.max(0, Math.min(atMostMillis, remaining)) : atMostMillis;
    }
}
