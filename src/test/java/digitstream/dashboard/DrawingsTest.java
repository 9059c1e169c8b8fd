package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.avro.DigitImage;
import digitstream.avro.DigitLabel;
import digitstream.settings.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class DrawingsTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");

    /** The latest label counts, by its own time; that of a retraction is the record's. */
    @Test
    void aRetractionIsLaterThanItsLabelIfTheClockWasSetBack() {
        Iterator<Instant> times = List.of(NOON, NOON.minusSeconds(60), NOON.minusSeconds(30), NOON.plusSeconds(1))
                .iterator();
        List<DigitLabel> labels = new ArrayList<>();
        MockProducer<byte[], byte[]> producer =
                new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        Drawings drawings = new Drawings(
                producer,
                Topics.DEFAULT,
                (topic, image) -> imageBytes(image),
                (topic, label) -> {
                    labels.add(label);
                    return new byte[] {1};
                },
                new Sample(),
                new Clock() {
                    @Override
                    public ZoneOffset getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return times.next();
                    }
                });
        drawings.label("drawn-1", 7).join();
        drawings.retract("drawn-1").join();
        drawings.label("drawn-1", 8).join();
        drawings.label("drawn-1", 9).join();
        Duration least = Duration.ofMillis(1);
        assertThat(producer.history())
                .extracting(ProducerRecord::timestamp)
                .containsExactly(
                        NOON.toEpochMilli(),
                        NOON.plus(least).toEpochMilli(),
                        NOON.plus(least.multipliedBy(2)).toEpochMilli(),
                        NOON.plusSeconds(1).toEpochMilli());
        assertThat(labels)
                .extracting(DigitLabel::getLabelledAt)
                .containsExactly(NOON, NOON.plus(least.multipliedBy(2)), NOON.plusSeconds(1));
    }

    private static byte[] imageBytes(DigitImage image) {
        return image.getPixels().array();
    }
}
