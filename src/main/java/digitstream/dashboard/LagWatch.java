package digitstream.dashboard;

import digitstream.client.ConsumerLag;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queries the brokers once a second for the lag of the topologies, and thereby detects whether they respond. Runs on one
 * thread; other threads may read the result.
 */
final class LagWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
    private static final long INTERVAL_MILLIS = 1_000;

    /** The result before the first query. */
    static final Found UNKNOWN = new Found(null, false, null, Map.of(), Map.of(), 0);

    private final ConsumerLag classifying;
    private final ConsumerLag scoring;
    private final Clock clock;
    private volatile Found found = UNKNOWN;
    private long lastEnd = -1;
    private long queriedNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * The result of a query.
     *
     * @param fault why the lag is unknown, as one line for the user; null if it is known
     * @param away true if the brokers did not respond in time; false if they responded with an error, or if there is no fault
     * @param in images produced per second; null if unknown
     * @param lag images by partition that are not yet classified and committed; empty if unknown
     * @param scoringLag predictions and labels by partition that are not yet scored and committed; empty if unknown
     * @param faultSinceMillis when the fault began; 0 if there is none
     */
    record Found(
            @Nullable String fault,
            boolean away,
            @Nullable Double in,
            Map<Integer, Long> lag,
            Map<Integer, Long> scoringLag,
            long faultSinceMillis) {
        @Nullable
        Long totalLag() {
            return total(lag);
        }

        @Nullable
        Long totalScoringLag() {
            return total(scoringLag);
        }

        private static @Nullable Long total(Map<Integer, Long> lag) {
            return lag.isEmpty()
                    ? null
                    : lag.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    LagWatch(ConsumerLag classifying, ConsumerLag scoring, Clock clock) {
        this.classifying = classifying;
        this.scoring = scoring;
        this.clock = clock;
    }

    Found found() {
        return found;
    }

    void stop() {
        stopped.countDown();
    }

    @Override
    public void run() {
        try {
            do {
                query();
            } while (!stopped.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void query() throws InterruptedException {
        try {
            ConsumerLag.Position position = classifying.position();
            long now = System.nanoTime();
            Map<Integer, Long> scoringLag = scoring.position().lag();
            // The offsets of a recreated topic start from zero again.
            Double in = lastEnd < 0 || position.end() < lastEnd
                    ? null
                    : (position.end() - lastEnd) / ((now - queriedNanos) / 1e9);
            if (found.fault() != null) {
                LOG.info("The lag is available from the brokers again");
            }
            found = new Found(null, false, in, position.lag(), scoringLag, 0);
            lastEnd = position.end();
            queriedNanos = now;
        } catch (KafkaException e) {
            if (found.fault() == null) {
                LOG.warn("The lag cannot be read from the brokers: {}", e.toString());
            }
            long since = found.fault() == null ? clock.millis() : found.faultSinceMillis();
            boolean away = e instanceof TimeoutException || e instanceof DisconnectException;
            found = new Found(String.valueOf(e.getMessage()), away, null, Map.of(), Map.of(), since);
            lastEnd = -1;
        }
    }
}
