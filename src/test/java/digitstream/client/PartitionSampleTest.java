package digitstream.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionSampleTest {
    private static final int PARTITIONS = 4;
    private static final Set<String> TOPICS = Set.of("predictions", "labels");

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final PartitionSample sample = new PartitionSample(consumer, TOPICS);
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @BeforeEach
    void assign() {
        Set<TopicPartition> all = new HashSet<>();
        all.add(new TopicPartition("models", 0));
        for (String topic : TOPICS) {
            for (int i = 0; i < PARTITIONS; i++) {
                all.add(new TopicPartition(topic, i));
            }
        }
        all.forEach(partition -> ends.put(partition, 0L));
        consumer.assign(all);
        consumer.updateBeginningOffsets(Map.copyOf(ends));
        consumer.updateEndOffsets(Map.copyOf(ends));
        consumer.seekToBeginning(all);
    }

    /** Adds records at every {@code step}-th offset: the others belong to the markers of transactions. */
    private void produce(String topic, int partition, int records, int step) {
        TopicPartition to = new TopicPartition(topic, partition);
        for (int i = 0; i < records; i++) {
            consumer.addRecord(new ConsumerRecord<>(topic, partition, ends.get(to), new byte[1], new byte[1]));
            ends.merge(to, (long) step, Long::sum);
        }
        consumer.updateEndOffsets(Map.copyOf(ends));
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ZERO);
        sample.polled(records);
        return records;
    }

    private Map<String, Set<Integer>> read() {
        return consumer.assignment().stream()
                .filter(partition -> !consumer.paused().contains(partition))
                .collect(Collectors.groupingBy(
                        TopicPartition::topic, Collectors.mapping(TopicPartition::partition, Collectors.toSet())));
    }

    @Test
    void readsTheSamePartitionsOfEachTopic() {
        sample.read(2);
        assertThat(read().get("predictions")).hasSize(2).isEqualTo(read().get("labels"));
        assertThat(read().get("models")).containsExactly(0);
    }

    @Test
    void readsEveryPartitionInTurn() {
        Set<Integer> seen = new HashSet<>();
        for (int call = 0; call < 500; call++) {
            sample.read(64);
            assertThat(read().get("predictions")).hasSize(1);
            seen.addAll(read().get("predictions"));
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void countsTheRecordsOfTheOthers() {
        sample.read(4);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            produce("predictions", partition, 1_000, 1);
        }
        assertThat(poll().count()).isEqualTo(1_000);
        assertThat(sample.read(4)).containsEntry("predictions", 3_000L);
        assertThat(sample.read(4)).containsEntry("predictions", 0L);
    }

    @Test
    void doesNotCountTheMarkersOfTransactions() {
        sample.read(4);
        // Where counting starts.
        produce("predictions", 0, 1, 1);
        poll();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            produce("predictions", partition, 1_000, 2);
        }
        poll();
        assertThat(sample.read(4).get("predictions")).isBetween(2_990L, 3_010L);
    }

    @Test
    void returnsEachRecordOnceWhenAllAreReadAgain() {
        sample.read(4);
        produce("predictions", 3, 10, 1);
        assertThat(sample.read(4)).containsEntry("predictions", 10L);
        produce("predictions", 3, 5, 1);
        sample.readAll();
        assertThat(consumer.paused()).isEmpty();
        assertThat(List.of(poll().count(), (int) consumer.position(new TopicPartition("predictions", 3))))
                .containsExactly(5, 15);
    }
}
