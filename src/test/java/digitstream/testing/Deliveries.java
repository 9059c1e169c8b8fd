package digitstream.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.client.CommittedReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts the committed records of a topic by key, and asserts delivery guarantees. */
public final class Deliveries implements AutoCloseable {
    private final CommittedReader reader;
    private final Map<String, Integer> timesByKey = new HashMap<>();
    private long total;

    public Deliveries(Map<String, String> clients, String topic) {
        this.reader = new CommittedReader(clients, List.of(topic), true);
    }

    /** Reads until this many distinct keys have arrived. */
    public void awaitKeys(long keys, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (timesByKey.size() < keys) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(timesByKey.size() + " of " + keys + " images have a prediction after "
                        + atMost.toSeconds() + " s");
            }
            read(Duration.ofMillis(100));
        }
    }

    /** Keeps reading for a while, to catch records that should not arrive. */
    public void readOn(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < deadline) {
            read(Duration.ofMillis(100));
        }
    }

    public void assertExactlyOnce(long keys) {
        assertThat(timesByKey).hasSize((int) keys);
        assertThat(total).as("records for %d images", keys).isEqualTo(keys);
    }

    public void assertAtLeastOnce(long keys) {
        assertThat(timesByKey).hasSize((int) keys);
    }

    /** Returns the number of distinct keys so far. */
    public int keys() {
        return timesByKey.size();
    }

    /** Returns the number of records so far, including duplicates. */
    public long total() {
        return total;
    }

    private void read(Duration timeout) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(timeout)) {
            timesByKey.merge(new String(record.key(), UTF_8), 1, Integer::sum);
            total++;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
