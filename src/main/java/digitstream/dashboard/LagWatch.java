package digitstream.dashboard;

import digitstream.client.ConsumerLag;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the brokers once a second how far the classifying topology is behind, and so learns whether they answer at all. One
 * thread runs it; what it found may be read by others.
 */
final class LagWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);
    private static final long INTERVAL_MILLIS = 1_000;

    private final ConsumerLag lag;
    private volatile Found found = new Found(null, null, Map.of(), 0);
    private volatile boolean stopped;

    /**
     * What was found.
     *
     * @param fault why the brokers could not be asked; null where they answered
     * @param in images produced a second; null where that is unknown
     * @param lag records by partition that are not committed yet; empty where that is unknown
     * @param faultSinceMillis when the fault began; 0 where there is none
     */
    record Found(@Nullable String fault, @Nullable Double in, Map<Integer, Long> lag, long faultSinceMillis) {
        @Nullable
        Long totalLag() {
            return lag.isEmpty()
                    ? null
                    : lag.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    LagWatch(ConsumerLag lag) {
        this.lag = lag;
    }

    Found found() {
        return found;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        long endBefore = -1;
        long askedBefore = 0;
        try {
            while (!stopped) {
                try {
                    ConsumerLag.Position position = lag.position();
                    long now = System.nanoTime();
                    // A topic that was made anew begins at zero again.
                    Double in = endBefore < 0 || position.end() < endBefore
                            ? null
                            : (position.end() - endBefore) / ((now - askedBefore) / 1e9);
                    if (found.fault() != null) {
                        LOG.info("The brokers answer again");
                    }
                    SortedMap<Integer, Long> byPartition = new TreeMap<>(position.lag());
                    found = new Found(null, in, byPartition, 0);
                    endBefore = position.end();
                    askedBefore = now;
                } catch (KafkaException e) {
                    if (found.fault() == null) {
                        LOG.warn("The brokers can't be asked: {}", e.toString());
                    }
                    long since = found.fault() == null ? System.currentTimeMillis() : found.faultSinceMillis();
                    found = new Found(String.valueOf(e.getMessage()), null, Map.of(), since);
                    endBefore = -1;
                }
                Thread.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            // The dashboard closes.
            Thread.currentThread().interrupt();
        }
    }
}
