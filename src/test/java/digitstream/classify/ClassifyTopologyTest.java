package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.common.InferencePrecision;
import digitstream.model.Classifier;
import digitstream.settings.ClassifySettings;
import digitstream.settings.Topics;
import digitstream.streams.DeadLetters;
import digitstream.testing.ManualClock;
import digitstream.testing.PlainAvro;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/**
 * Tests the topology without a broker. Each batch has one image here, because the driver has no consumer that bundles records;
 * {@code ClassifyingProcessorTest} and {@code DeliveryIT} test larger batches.
 */
class ClassifyTopologyTest {
    private static final Topics TOPICS = Topics.DEFAULT;

    /** Always predicts 3; fails on an image whose first pixel is 255. */
    private static final class Threes implements Classifier {
        @Override
        public float[] classify(List<byte[]> images) {
            float[] probabilities = new float[images.size() * Digits.CLASSES];
            for (int i = 0; i < images.size(); i++) {
                if (images.get(i)[0] == (byte) 255) {
                    throw new IllegalStateException("too bright");
                }
                probabilities[i * Digits.CLASSES + 3] = 1;
            }
            return probabilities;
        }

        @Override
        public void close() {}
    }

    private static final Instant TAKEN = Instant.parse("2026-01-01T00:00:00Z");

    private static final class Run implements AutoCloseable {
        private final MeterRegistry meters = new SimpleMeterRegistry();
        private final TopologyTestDriver driver;
        private final TestInputTopic<byte[], byte[]> images;

        Run() {
            this(new Threes(), Clock.systemUTC());
        }

        Run(Classifier classifier, Clock clock) {
            ModelVersion model = new ModelVersion("threes", "1");
            ServedModel served = new ServedModel(
                    model,
                    () -> classifier,
                    new ModelMetrics(meters, model, "", Optional.empty(), false, clock),
                    () -> {});
            this.driver = new TopologyTestDriver(
                    new ClassifyTopology(
                                    TOPICS,
                                    new ClassifySettings(
                                            4,
                                            Duration.ofMillis(5),
                                            Duration.ofMillis(60),
                                            InferencePrecision.AUTO,
                                            EventTimeRange.DEFAULT),
                                    1_000_000,
                                    28,
                                    28,
                                    () -> served,
                                    () -> PlainAvro.decoder(DigitImage.class),
                                    new byte[0],
                                    new ClassifyMetrics(meters),
                                    clock)
                            .build(),
                    new Properties());
            this.images =
                    driver.createInputTopic(TOPICS.images(), new ByteArraySerializer(), new ByteArraySerializer());
        }

        private List<TestRecord<byte[], byte[]>> read(String topic) {
            TestOutputTopic<byte[], byte[]> out =
                    driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            return out.readRecordsToList();
        }

        @Override
        public void close() {
            driver.close();
        }
    }

    @Test
    void publishesAPredictionWithTheImagesPosition() {
        try (Run run = new Run()) {
            run.images.pipeInput(utf8("a"), image("a", 784, 0));
            List<TestRecord<byte[], byte[]>> predictions = run.read(TOPICS.predictions());
            assertThat(predictions).hasSize(1);
            assertThat(predictions.get(0).key()).isEqualTo(utf8("a"));
            Prediction prediction =
                    PlainAvro.read(Prediction.class, predictions.get(0).value());
            assertThat(prediction.getLabel()).isEqualTo(3);
            assertThat(prediction.getModelName()).isEqualTo("threes");
            assertThat(prediction.getImageTopic()).isEqualTo(TOPICS.images());
            assertThat(prediction.getEventTime()).isEqualTo(TAKEN);
        }
    }

    @Test
    void deadLettersAnImageThatTheModelFailsOn() {
        try (Run run = new Run()) {
            byte[] value = image("bright", 784, 255);
            run.images.pipeInput(new TestRecord<>(utf8("bright"), value, new RecordHeaders().add("trace", utf8("t"))));
            run.images.pipeInput(utf8("a"), image("a", 784, 0));
            assertThat(run.read(TOPICS.predictions())).hasSize(1);
            TestRecord<byte[], byte[]> deadLetter =
                    run.read(TOPICS.deadLetters()).get(0);
            assertThat(deadLetter.value()).isEqualTo(value);
            assertThat(header(deadLetter, DeadLetters.REASON)).isEqualTo("unclassifiable");
            assertThat(header(deadLetter, DeadLetters.MESSAGE)).contains("too bright");
            assertThat(header(deadLetter, DeadLetters.OFFSET)).isEqualTo("0");
            assertThat(header(deadLetter, "trace")).isEqualTo("t");
        }
    }

    @Test
    void includesInferenceInLatencyButNotInQueueWait() {
        ManualClock clock = new ManualClock(TAKEN.plusMillis(500));
        Threes threes = new Threes();
        Classifier slow = new Classifier() {
            @Override
            public float[] classify(List<byte[]> images) {
                clock.advance(Duration.ofMillis(300));
                return threes.classify(images);
            }

            @Override
            public void close() {}
        };
        try (Run run = new Run(slow, clock)) {
            run.images.pipeInput(utf8("a"), image("a", 784, 0));
            run.images.pipeInput(utf8("b"), image("b", 784, 0));
            assertThat(run.read(TOPICS.predictions()))
                    .extracting(prediction -> PlainAvro.read(Prediction.class, prediction.value())
                            .getPredictedAt()
                            .toEpochMilli())
                    .containsExactly(TAKEN.toEpochMilli() + 800, TAKEN.toEpochMilli() + 1_100);
            Timer latency = run.meters.get("digits.end.to.end.latency").timer();
            assertThat(latency.count()).isEqualTo(2);
            assertThat(latency.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(800 + 1_100);
            // Neither image waits for the other's inference: the second one arrives when that is done.
            Timer wait = run.meters.get("digits.queue.wait").timer();
            assertThat(wait.count()).isEqualTo(2);
            assertThat(wait.totalTime(TimeUnit.MILLISECONDS)).isZero();
        }
    }

    @Property(tries = 50)
    void predictsOrDeadLettersEveryRecordExactlyOnce(@ForAll @Size(max = 30) List<@IntRange(max = 6) Integer> kinds) {
        try (Run run = new Run()) {
            int good = 0;
            for (int i = 0; i < kinds.size(); i++) {
                String id = "i" + i;
                switch (kinds.get(i)) {
                    case 0 -> run.images.pipeInput(utf8(id), utf8("?"));
                    case 1 -> run.images.pipeInput(utf8(id), (byte[]) null);
                    case 2 -> run.images.pipeInput(null, image(id, 784, 0));
                    case 3 -> run.images.pipeInput(utf8(id), image(id, 783, 0));
                    case 4 -> run.images.pipeInput(utf8(id), image(id, 784, 255));
                    default -> {
                        run.images.pipeInput(utf8(id), image(id, 784, 0));
                        good++;
                    }
                }
            }
            List<TestRecord<byte[], byte[]>> predictions = run.read(TOPICS.predictions());
            List<TestRecord<byte[], byte[]>> deadLetters = run.read(TOPICS.deadLetters());
            assertThat(predictions).hasSize(good);
            assertThat(deadLetters).hasSize(kinds.size() - good);
            Set<String> offsets = new HashSet<>();
            deadLetters.forEach(deadLetter -> offsets.add(header(deadLetter, DeadLetters.OFFSET)));
            predictions.forEach(prediction -> offsets.add(Long.toString(
                    PlainAvro.read(Prediction.class, prediction.value()).getImageOffset())));
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < kinds.size(); i++) {
                expected.add(Integer.toString(i));
            }
            assertThat(offsets).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    private static byte[] image(String id, int pixels, int firstPixel) {
        byte[] bytes = new byte[pixels];
        bytes[0] = (byte) firstPixel;
        return PlainAvro.bytes(DigitImage.class, new DigitImage(id, 28, 28, ByteBuffer.wrap(bytes), TAKEN));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }
}
