package digitstream.dashboard.access;

import java.util.function.LongSupplier;

/** A token bucket. Thread-safe. */
final class RateLimit {
    private final double perSecond;
    private final int burst;
    private final LongSupplier nanoTime;
    private double tokens;
    private long filledNanos;

    /**
     * Creates a full bucket.
     *
     * @param burst number of tokens in the full bucket
     * @param nanoTime as {@link System#nanoTime()}
     */
    RateLimit(double perSecond, int burst, LongSupplier nanoTime) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoTime = nanoTime;
        this.tokens = burst;
        this.filledNanos = nanoTime.getAsLong();
    }

    /** Takes a token. Returns 0 if there was one, otherwise the seconds until there will be one, rounded up. */
    synchronized long secondsToWait() {
        long now = nanoTime.getAsLong();
        tokens = Math.min(burst, tokens + perSecond * (now - filledNanos) / 1e9);
        filledNanos = now;
        if (tokens >= 1) {
            tokens--;
            return 0;
        }
        return (long) Math.ceil((1 - tokens) / perSecond);
    }
}
