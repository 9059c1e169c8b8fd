package digitstream.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class PolledRecordsTest {
    private static final Clock CLOCK =
            Clock.fixed(Instant.ofEpochMilli(5_000), Clock.systemUTC().getZone());
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();

    @Test
    void travelThroughKafkaStreamsInTheHeadersOfOneRecord() {
        List<ConsumerRecord<byte[], byte[]>> records = records(7, 9);
        PolledRecords polled = PolledRecords.ofPoll(
                        List.of(records), 1_000, new CommitPace(Duration.ofMillis(1), CLOCK))
                .get(0);
        ConsumerRecord<byte[], byte[]> one = polled.asOne();
        assertThat(one.offset()).as("committed while the record waits").isEqualTo(7);
        assertThat(one.topic()).isEqualTo("t");
        assertThat(one.partition()).isEqualTo(3);
        assertThat(one.leaderEpoch()).contains(4);
        assertThat(one.timestamp()).isEqualTo(900);
        // Kafka Streams copies the headers.
        Record<byte[], byte[]> inTopology = new Record<>(one.key(), one.value(), 0, new RecordHeaders(one.headers()));
        assertThat(PolledRecords.of(inTopology, context, CLOCK)).isSameAs(polled);
    }

    @Test
    void knowTheOthersOfTheirPollAndWhatWasAttachedToThem() {
        List<PolledRecords> poll = PolledRecords.ofPoll(List.of(records(1, 2), records(7, 9)), 1_000, null);
        assertThat(poll.get(1).poll()).containsExactlyElementsOf(poll);
        poll.get(0).attach("computed");
        assertThat(poll.get(1).take()).isNull();
        assertThat(poll.get(0).take()).isEqualTo("computed");
        assertThat(poll.get(0).take()).as("detached").isNull();
    }

    @Test
    void consistOfARecordThatStandsForItself() {
        context.setRecordMetadata("t", 3, 8);
        // A header of the same name from outside means nothing.
        RecordHeaders headers = new RecordHeaders();
        headers.add("digitstream.polled", new byte[] {1});
        Record<byte[], byte[]> record = new Record<>("k".getBytes(UTF_8), "v".getBytes(UTF_8), 600, headers);
        PolledRecords polled = PolledRecords.of(record, context, CLOCK);
        assertThat(polled.polledAtMillis()).isEqualTo(5_000);
        assertThat(polled.pace()).isEmpty();
        assertThat(polled.records()).singleElement().satisfies(single -> {
            assertThat(single.offset()).isEqualTo(8);
            assertThat(single.timestamp()).isEqualTo(600);
            assertThat(single.key()).isEqualTo("k".getBytes(UTF_8));
            assertThat(single.headers().toArray()).hasSize(1);
        });
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(offset -> new ConsumerRecord<>(
                        "t",
                        3,
                        offset,
                        offset * 100,
                        TimestampType.CREATE_TIME,
                        1,
                        1,
                        new byte[1],
                        new byte[1],
                        new RecordHeaders(),
                        Optional.of(4)))
                .toList();
    }
}
