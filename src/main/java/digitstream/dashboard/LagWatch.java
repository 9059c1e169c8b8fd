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
 * Asks the brokers once a second how far the topologies are behind, and so learns whether they answer at all. One
 * thread runs it; what it found may be read by others.
 */
final class LagWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
    private static final long INTERVAL_MILLIS = 1_000;

    /** Before the brokers have been asked. */
    static final Found UNKNOWN = new Found(null, false, null, Map.of(), Map.of(), 0);

    private final ConsumerLag classifying;
    private final ConsumerLag scoring;
    private final Clock clock;
    private volatile Found found = UNKNOWN;
    private long endBefore = -1;
    private long askedNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * What was found.
     *
     * @param fault why the brokers did not tell, a line for people; null where they did
     * @param away whether they did not answer at all, or not in time; else they refused
     * @param in images produced a second; null where that is unknown
     * @param lag images by partition that are not classified and committed yet; empty where that is unknown
     * @param scoringLag predictions and labels by partition that are not scored and committed yet, likewise
     * @param faultSinceMillis when the fault began; 0 where there is none
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
                look();
            } while (!stopped.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            ConsumerLag.Position position = classifying.position();
            long now = System.nanoTime();
            Map<Integer, Long> scoringLag = scoring.position().lag();
            // A topic that was made anew begins at zero again.
            Double in = endBefore < 0 || position.end() < endBefore
                    ? null
                    : (position.end() - endBefore) / ((now - askedNanos) / 1e9);
            if (found.fault() != null) {
                LOG.info("The brokers tell the lag again");
            }
            found = new Found(null, false, in, position.lag(), scoringLag, 0);
            endBefore = position.end();
            askedNanos = now;
        } catch (KafkaException e) {
            if (found.fault() == null) {
                LOG.warn("The brokers do not tell the lag: {}", e.toString());
            }
            long since = found.fault() == null ? clock.millis() : found.faultSinceMillis();
            boolean away = e instanceof TimeoutException || e instanceof DisconnectException;
            found = new Found(String.valueOf(e.getMessage()), away, null, Map.of(), Map.of(), since);
            endBefore = -1;
        }
    }
}
