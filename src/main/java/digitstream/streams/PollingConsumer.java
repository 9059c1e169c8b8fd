package digitstream.streams;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The consumer of a stream thread that hands on what it polls from a partition as one record, {@link PolledRecords}.
 *
 * <p>The size of a batch follows the load. While the thread is busy, records gather at the broker, and the next poll returns
 * many. When only a few come, the next poll waits a moment; the first record after a pause never waits.
 */
final class PollingConsumer extends GatedConsumer {
    private final Polling polling;
    private final int maxPollRecords;
    private final Clock clock;
    private final @Nullable CommitPace pace;
    private boolean hasPolledFew;
    private long polledAtNanos;

    PollingConsumer(Map<String, Object> settings, RecordGate gate, Polling polling, Clock clock) {
        super(settings, gate, clock);
        this.polling = polling;
        this.clock = clock;
        this.maxPollRecords = Integer.parseInt(String.valueOf(settings.getOrDefault(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, ConsumerConfig.DEFAULT_MAX_POLL_RECORDS)));
        this.pace = polling.commitInterval()
                .map(interval -> new CommitPace(interval, clock))
                .orElse(null);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        gather();
        Duration untilCommit = pace == null ? timeout : Duration.ofMillis(pace.untilDue(timeout.toMillis()));
        ConsumerRecords<byte[], byte[]> polled = super.poll(untilCommit);
        polledAtNanos = System.nanoTime();
        hasPolledFew = !polled.isEmpty() && polled.count() < polling.enoughRecords();
        return polled.isEmpty() ? polled : together(polled);
    }

    private void gather() {
        if (hasPolledFew) {
            long pause = polledAtNanos + polling.gathering().toNanos() - System.nanoTime();
            long untilCommit = pace == null
                    ? pause
                    : TimeUnit.MILLISECONDS.toNanos(pace.untilDue(TimeUnit.NANOSECONDS.toMillis(pause) + 1));
            LockSupport.parkNanos(Math.min(pause, untilCommit));
        }
    }

    private ConsumerRecords<byte[], byte[]> together(ConsumerRecords<byte[], byte[]> polled) {
        boolean lagging = false;
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> all = new HashMap<>();
        List<List<ConsumerRecord<byte[], byte[]>>> together = new ArrayList<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            if (polling.topics().contains(partition.topic())) {
                together.add(records);
            } else {
                all.put(partition, records);
            }
            lagging |= currentLag(partition).orElse(0) >= maxPollRecords;
        }
        for (PolledRecords bundle : PolledRecords.ofPoll(together, clock.millis(), pace)) {
            ConsumerRecord<byte[], byte[]> one = bundle.asOne();
            all.put(new TopicPartition(one.topic(), one.partition()), List.of(one));
        }
        if (pace != null) {
            pace.polled(lagging);
        }
        return new ConsumerRecords<>(all, polled.nextOffsets());
    }
}
