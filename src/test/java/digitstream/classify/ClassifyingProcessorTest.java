package digitstream.classify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.DigitImage;
import digitstream.avro.Prediction;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.model.Classifier;
import digitstream.streams.CommitPace;
import digitstream.streams.PolledRecords;
import digitstream.testing.ManualClock;
import digitstream.testing.PlainAvro;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what happens to the records that one poll returns. */
class ClassifyingProcessorTest {
    private static final int MAX_SIZE = 4;
    private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

    private final class Uniform implements Classifier {
        private boolean closed;

        @Override
        public float[] classify(List<byte[]> images) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            batchSizes.add(images.size());
            float[] probabilities = new float[images.size() * Digits.CLASSES];
            Arrays.fill(probabilities, 0.1f);
            afterBatch.run();
            afterBatch = () -> {};
            return probabilities;
        }

        @Override
        public void close() {
            assertThat(closed).as("a classifier is closed once").isFalse();
            closed = true;
        }
    }

    private final List<Uniform> classifiers = new ArrayList<>();
    private final List<Integer> batchSizes = new ArrayList<>();
    private boolean broken;
    private Runnable afterBatch = () -> {};

    private final ManualClock clock = new ManualClock(START);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
    private final CommitPace pace = new CommitPace(Duration.ofMillis(30), clock);

    private final List<String> freed = new ArrayList<>();
    private ServedModel inService = served("1");

    private final ClassifyingProcessor processor = new ClassifyingProcessor(
            new ImageReader(PlainAvro.decoder(DigitImage.class), new ImageCheck(28, 28, EventTimeRange.DEFAULT)),
            () -> inService,
            MAX_SIZE,
            new PredictionWriter(new byte[0], "t"),
            new ClassifyingProcessor.Sinks("predictions", "dead-letters", 1_000_000),
            new ClassifyMetrics(meters),
            clock);

    private ServedModel served(String number) {
        ModelVersion version = new ModelVersion("m", number);
        return new ServedModel(
                version,
                this::newClassifier,
                new ModelMetrics(meters, version, "", Optional.empty(), false, clock),
                () -> freed.add(number));
    }

    private void switchTo(String number) {
        ServedModel before = inService;
        inService = served(number);
        before.retire();
    }

    private Classifier newClassifier() {
        classifiers.add(new Uniform());
        return classifiers.get(classifiers.size() - 1);
    }

    @BeforeEach
    void start() {
        processor.init(context);
    }

    @Test
    void classifiesPolledImagesInFullBatchesAndTheRest() {
        poll(100, 10);
        assertThat(batchSizes).containsExactly(4, 4, 2);
        assertThat(flushes("size")).isEqualTo(2);
        assertThat(flushes("poll")).isEqualTo(1);
        assertThat(predictedOffsets())
                .containsExactlyElementsOf(LongStream.range(100, 110).boxed().toList());
    }

    @Test
    void predictsTheGoodImagesOfAPollAndRejectsTheOthersByThemselves() {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        records.add(image(0));
        records.add(record(1, null, image(1).value()));
        records.add(record(2, "i2".getBytes(UTF_8), null));
        records.add(record(3, "i3".getBytes(UTF_8), new byte[] {1}));
        records.add(image(4));
        process(records);
        assertThat(batchSizes).containsExactly(2);
        assertThat(forwardedTo("predictions")).hasSize(2);
        assertThat(forwardedTo("dead-letters"))
                .extracting(letter ->
                        header(letter, "digitstream.reason") + " " + header(letter, "__streams.errors.offset"))
                .containsExactly("null-key 1", "null-value 2", "undecodable 3");
    }

    @Test
    void measuresTheWaitFromThePollToTheModelCall() {
        List<ConsumerRecord<byte[], byte[]>> records = List.of(image(0), image(1));
        PolledRecords polled =
                PolledRecords.ofPoll(List.of(records), clock.millis(), pace).get(0);
        clock.advance(Duration.ofMillis(7));
        process(polled);
        assertThat(meters.get("digits.queue.wait").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(14);
    }

    @Test
    void classifiesThePartitionsOfAPollInCommonBatchesAndPublishesEachByItself() {
        List<PolledRecords> partitions = PolledRecords.ofPoll(
                List.of(List.of(image(10), image(11)), List.of(image(20), record(21, null, null), image(22))),
                clock.millis(),
                pace);
        process(partitions.get(1));
        assertThat(batchSizes).as("all images of the poll").containsExactly(4);
        assertThat(predictedOffsets()).containsExactly(20L, 22L);
        assertThat(forwardedTo("dead-letters")).hasSize(1);

        context.resetForwards();
        process(partitions.get(0));
        assertThat(batchSizes).as("no other call of the model").hasSize(1);
        assertThat(predictedOffsets()).containsExactly(10L, 11L);
        assertThat(forwardedTo("dead-letters")).isEmpty();
    }

    @Test
    void classifiesAgainWhatAFailedCallHasLeft() {
        List<PolledRecords> partitions =
                PolledRecords.ofPoll(List.of(List.of(image(10)), List.of(image(20))), clock.millis(), pace);
        broken = true;
        assertThatThrownBy(() -> process(partitions.get(0))).hasMessage("broken");
        broken = false;
        process(partitions.get(1));
        assertThat(predictedOffsets()).containsExactly(20L);
    }

    @Test
    void commitsAtMostOncePerIntervalWhileItKeepsUp() {
        pace.polled(false);
        poll(0, 1);
        assertThat(context.committed()).as("nothing was committed for a while").isTrue();

        context.resetCommit();
        clock.advance(Duration.ofMillis(29));
        pace.polled(false);
        poll(1, 1);
        assertThat(context.committed()).isFalse();
        tick();
        assertThat(context.committed()).isFalse();

        clock.advance(Duration.ofMillis(1));
        tick();
        assertThat(context.committed()).as("without another image").isTrue();

        context.resetCommit();
        clock.advance(Duration.ofMillis(100));
        tick();
        assertThat(context.committed()).as("nothing is uncommitted").isFalse();
    }

    @Test
    void leavesTheCommitToKafkaStreamsWhileItLags() {
        clock.advance(Duration.ofSeconds(1));
        pace.polled(true);
        poll(0, 3);
        tick();
        assertThat(context.committed()).isFalse();
    }

    @Test
    void startsAfreshAfterAFailure() {
        broken = true;
        assertThatThrownBy(() -> poll(0, 3)).hasMessage("broken");
        broken = false;
        poll(0, 3);
        assertThat(batchSizes).containsExactly(3);
        assertThat(forwardedTo("predictions")).hasSize(3);
    }

    @Test
    void hasOneTimerAndNoClassifierLeftAfterItsTaskIsRevived() {
        poll(0, 1);
        processor.init(context);
        assertThat(context.scheduledPunctuators())
                .extracting(MockProcessorContext.CapturedPunctuator::cancelled)
                .containsExactly(true, false);
        poll(1, 1);
        processor.close();
        processor.init(context);
        processor.close();
        assertThat(context.scheduledPunctuators()).allMatch(MockProcessorContext.CapturedPunctuator::cancelled);
        assertThat(classifiers).hasSize(2).allMatch(classifier -> classifier.closed);
    }

    @Test
    void switchesBetweenTwoBatchesOfAPoll() {
        afterBatch = () -> switchTo("2");
        poll(0, MAX_SIZE + 2);
        assertThat(versions()).containsExactly("1", "1", "1", "1", "2", "2");
        assertThat(freed).as("the last batch with it is done").containsExactly("1");
    }

    @Test
    void freesAModelThatIsNotInServiceAlsoWithoutImages() {
        poll(0, 1);
        switchTo("2");
        assertThat(freed).as("the task may still use it").isEmpty();
        tick();
        assertThat(freed).containsExactly("1");
    }

    @Test
    void goesBackToAVersionThatHasServedBefore() {
        poll(0, 1);
        switchTo("2");
        switchTo("1");
        poll(1, 1);
        assertThat(versions()).containsExactly("1", "1");
        assertThat(freed).containsExactly("2", "1");
        assertThat(meters.get("digits.predictions")
                        .tags("model_version", "1", "class", "0")
                        .counter()
                        .count())
                .as("counted from the switch on")
                .isEqualTo(1);
        assertThat(meters.find("digits.predictions").tag("model_version", "2").counter())
                .isNull();
    }

    private List<String> versions() {
        return forwardedTo("predictions").stream()
                .map(prediction ->
                        PlainAvro.read(Prediction.class, prediction.value()).getModelVersion())
                .toList();
    }

    private void poll(int firstOffset, int count) {
        process(IntStream.range(firstOffset, firstOffset + count)
                .mapToObj(this::image)
                .toList());
    }

    private void process(List<ConsumerRecord<byte[], byte[]>> records) {
        process(PolledRecords.ofPoll(List.of(records), clock.millis(), pace).get(0));
    }

    private void process(PolledRecords polled) {
        processor.process(new Record<>(new byte[0], new byte[0], 0, new RecordHeaders().add(polled)));
    }

    private void tick() {
        context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
    }

    private List<Long> predictedOffsets() {
        return forwardedTo("predictions").stream()
                .map(prediction ->
                        PlainAvro.read(Prediction.class, prediction.value()).getImageOffset())
                .toList();
    }

    private double flushes(String reason) {
        return meters.get("digits.batch.flush").tag("reason", reason).counter().count();
    }

    private List<? extends Record<? extends byte[], ? extends byte[]>> forwardedTo(String sink) {
        return context.forwarded(sink).stream()
                .map(MockProcessorContext.CapturedForward::record)
                .toList();
    }

    private static String header(Record<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private ConsumerRecord<byte[], byte[]> image(int offset) {
        String id = "i" + offset;
        DigitImage image = new DigitImage(id, 28, 28, ByteBuffer.wrap(new byte[784]), clock.instant());
        return record(offset, id.getBytes(UTF_8), PlainAvro.bytes(DigitImage.class, image));
    }

    // Kafka's consumer returns null keys and values, although its records are not marked as such.
    @SuppressWarnings("NullAway")
    private static ConsumerRecord<byte[], byte[]> record(int offset, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "t",
                0,
                offset,
                START.toEpochMilli(),
                TimestampType.CREATE_TIME,
                0,
                0,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
