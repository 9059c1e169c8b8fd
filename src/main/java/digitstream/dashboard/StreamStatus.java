package digitstream.dashboard;

import digitstream.verdict.Finding;
import digitstream.verdict.Level;
import digitstream.verdict.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The status of a stream, without a page.
 *
 * @param verdict by the rules of the page
 * @param model the version in service, {@code <name>/<version>}; empty if unknown
 * @param json the verdict as at {@code /api/verdict}
 */
public record StreamStatus(Verdict verdict, Optional<String> model, String json) {
    private static final long TICK_MILLIS = 1_000;
    private static final long RECENT_RECORDS = 1;

    /** Returns the status of a stream whose brokers can't be used, for this reason. */
    public static StreamStatus withoutBrokers(String reason) {
        long now = System.currentTimeMillis();
        return of(
                new Verdict(Level.CRITICAL, now, List.of(new Finding("brokers-away", Level.CRITICAL, reason, now))),
                Optional.empty());
    }

    private static StreamStatus of(Verdict verdict, Optional<String> model) {
        return new StreamStatus(verdict, model, StateJson.text(StateJson.verdict(verdict)));
    }

    /**
     * Watches a stream for a time, and judges it.
     *
     * @param time how long to watch, at least; longer while the history is read
     * @param stop polled; returns true to end the watch early
     * @throws DashboardException if a topic cannot be read
     * @throws org.apache.kafka.common.KafkaException if the brokers do not respond at the start
     */
    public static StreamStatus watch(StreamSource source, Duration time, BooleanSupplier stop)
            throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (StreamWatch watch = StreamWatch.open(
                source,
                new StreamWatch.Options(Duration.ofMinutes(1), RECENT_RECORDS, true),
                new Sample(),
                (prediction, atMillis) -> {},
                cause -> failure.compareAndSet(null, cause),
                () -> failure.get() != null,
                Clock.systemUTC())) {
            watch.start();
            long end = System.nanoTime() + time.toNanos();
            DashboardState state = watch.state();
            do {
                Thread.sleep(TICK_MILLIS);
                watch.tick();
                Throwable cause = failure.get();
                if (cause != null) {
                    throw new DashboardException("the topics can't be read: " + cause.getMessage(), cause);
                }
            } while ((System.nanoTime() < end || !state.isCaughtUp()) && !stop.getAsBoolean());
            return of(state.verdict(), state.model());
        }
    }
}
