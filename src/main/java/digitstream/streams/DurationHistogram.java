package digitstream.streams;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A histogram of durations that may be long. Micrometer's timer sums nanoseconds in a long, which overflows after 292 years:
 * the delays of 2.5 million labels that are an hour late. Before that, the histogram starts again at zero. Prometheus takes this
 * for a restart, and rates stay right. Thread-safe.
 */
public final class DurationHistogram {
    private final MeterRegistry meters;
    private final Timer.Builder builder;
    private Timer timer;
    private long totalNanos;

    /**
     * Registers the histogram.
     *
     * @param bounds the upper bounds of its buckets
     */
    public DurationHistogram(MeterRegistry meters, String name, String description, Duration... bounds) {
        this.meters = meters;
        this.builder = Timer.builder(name).description(description).serviceLevelObjectives(bounds);
        this.timer = builder.register(meters);
    }

    /** Records a duration; a negative one counts as 0. */
    public synchronized void record(long nanos) {
        long duration = Math.max(0, nanos);
        if (duration > Long.MAX_VALUE - totalNanos) {
            meters.remove(timer);
            timer = builder.register(meters);
            totalNanos = 0;
        }
        totalNanos += duration;
        timer.record(duration, TimeUnit.NANOSECONDS);
    }
}
