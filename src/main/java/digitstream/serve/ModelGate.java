package digitstream.serve;

import digitstream.client.KafkaFutures;
import digitstream.streams.RecordGate;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the records of a partition that was just assigned only when this process has taken note of every release that the one before
 * it can have known. So on one partition no prediction of an older release follows one of a newer release. Then asks another gate.
 *
 * <p>It compares the end of the models topic after the assignment with what {@link ModelFollower} has settled, which takes
 * milliseconds, or as long as loading the champion if one was released in the meantime.
 */
final class ModelGate implements RecordGate {
    private static final Logger LOG = LoggerFactory.getLogger(ModelGate.class);
    private static final long RETRY_MILLIS = 1_000;
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final long PREPARE_MILLIS = 200;
    private static final long PREPARE_STEP_MILLIS = 5;

    private final RecordGate next;
    private final ModelFollower models;
    private final Admin admin;
    private final TopicPartition releases;
    /** Assigned partitions, and the offset that must be settled before their records are admitted; or that is not known yet. */
    private final Map<TopicPartition, Long> unsettled = new ConcurrentHashMap<>();

    private final Set<TopicPartition> holding = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor asking = new ScheduledThreadPoolExecutor(
            1,
            task -> {
                Thread thread = new Thread(task, "model-gate");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    /**
     * Creates a gate.
     *
     * @param next closed with this gate
     * @param admin closed with this gate
     * @param topic the models topic
     */
    ModelGate(RecordGate next, ModelFollower models, Admin admin, String topic) {
        this.next = next;
        this.models = models;
        this.admin = admin;
        this.releases = new TopicPartition(topic, 0);
    }

    @Override
    public void assigned(Collection<TopicPartition> partitions) {
        next.assigned(partitions);
        if (!partitions.isEmpty()) {
            Set<TopicPartition> all = Set.copyOf(partitions);
            all.forEach(partition -> unsettled.put(partition, Long.MAX_VALUE));
            asking.execute(() -> ask(all));
        }
    }

    private void ask(Set<TopicPartition> partitions) {
        try {
            long end = KafkaFutures.get(admin.listOffsets(
                                    Map.of(releases, OffsetSpec.latest()),
                                    new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(TIMEOUT_MILLIS))
                            .partitionResult(releases))
                    .offset();
            partitions.forEach(partition -> unsettled.replace(partition, Long.MAX_VALUE, end));
        } catch (KafkaException e) {
            LOG.warn("The end of {} is not known, so {} wait: {}", releases.topic(), partitions, e.getMessage());
            var unused = asking.schedule(() -> ask(partitions), RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a partition waits for a release to be settled. */
    boolean isWaiting() {
        return unsettled.values().stream().anyMatch(needed -> needed > models.settled());
    }

    private boolean isSettled(TopicPartition partition) {
        if (unsettled.isEmpty()) {
            return true;
        }
        Long needed = unsettled.get(partition);
        if (needed != null && models.settled() < needed) {
            return false;
        }
        unsettled.remove(partition);
        return true;
    }

    @Override
    public boolean admits(ConsumerRecord<byte[], byte[]> record, long firstSeenMillis) {
        return next.admits(record, firstSeenMillis)
                && (unsettled.isEmpty() || isSettled(new TopicPartition(record.topic(), record.partition())));
    }

    @Override
    public void prepare(Collection<ConsumerRecord<byte[], byte[]>> records) throws InterruptedException {
        Set<TopicPartition> waiting = new HashSet<>();
        records.forEach(record -> waiting.add(new TopicPartition(record.topic(), record.partition())));
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PREPARE_MILLIS);
        while (System.nanoTime() < end && !waiting.stream().allMatch(this::isSettled)) {
            Thread.sleep(PREPARE_STEP_MILLIS);
        }
        List<ConsumerRecord<byte[], byte[]>> settled = records.stream()
                .filter(record -> isSettled(new TopicPartition(record.topic(), record.partition())))
                .toList();
        if (!settled.isEmpty()) {
            next.prepare(settled);
        }
    }

    @Override
    public void holds(TopicPartition partition, ConsumerRecord<byte[], byte[]> record) {
        if (next.admits(record, System.currentTimeMillis())) {
            holding.add(partition);
        } else {
            next.holds(partition, record);
        }
    }

    @Override
    public void releases(TopicPartition partition) {
        holding.remove(partition);
        next.releases(partition);
    }

    @Override
    public int waitingPartitions() {
        return next.waitingPartitions() + holding.size();
    }

    @Override
    public Optional<String> unavailable() {
        return next.unavailable();
    }

    @Override
    public void close() {
        asking.shutdownNow();
        admin.close(Duration.ZERO);
        next.close();
    }
}
