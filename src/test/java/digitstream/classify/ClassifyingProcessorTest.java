package digitstream.classify;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.ModelVersion;
import digitstream.avro.DigitImage;
import digitstream.common.Digits;
import digitstream.model.Classifier;
import digitstream.streams.SourcePosition;
import digitstream.streams.TaskMemory;
import digitstream.testing.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests when a batch that is not full is classified: by the injected clock, not by the time of the ticks. */
class ClassifyingProcessorTest {
    private static final Duration MAX_DELAY = Duration.ofMillis(20);
    private static final ModelVersion MODEL = new ModelVersion("m", "1");

    private static final class Zeros implements Classifier {
        private boolean closed;

        @Override
        public float[] classify(List<byte[]> images) {
            return new float[images.size() * Digits.CLASSES];
        }

        @Override
        public void close() {
            assertThat(closed).as("a classifier is closed once").isFalse();
            closed = true;
        }
    }

    private final List<Zeros> classifiers = new ArrayList<>();

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T12:00:00Z"));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProcessorContext<byte[], ClassifiedImage> context = new MockProcessorContext<>();
    private final TaskMemory<PendingBatch> memory =
            TaskMemory.builder("batch", PendingBatch::new, PendingBatch::clear).build();

    private final ClassifyingProcessor processor = new ClassifyingProcessor(
            "batch",
            this::newClassifier,
            MODEL,
            MAX_DELAY,
            new ClassifyMetrics(meters, MODEL, "", Optional.empty(), clock),
            clock);

    private Classifier newClassifier() {
        classifiers.add(new Zeros());
        return classifiers.get(classifiers.size() - 1);
    }

    @BeforeEach
    void start() {
        memory.init(context.getStateStoreContext(), memory);
        processor.init(context);
    }

    @Test
    void classifiesABatchWhoseOldestImageHasWaitedForTheMaximumDelay() {
        arrive();
        clock.advance(Duration.ofMillis(15));
        arrive();
        clock.advance(Duration.ofMillis(4));
        tick();
        assertThat(context.forwarded()).isEmpty();

        clock.advance(Duration.ofMillis(1));
        tick();
        assertThat(context.forwarded()).hasSize(2);
        assertThat(meters.get("digits.batch.flush")
                        .tag("reason", "delay")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("digits.queue.wait").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(20 + 5);
    }

    @Test
    void ticksTwicePerMaximumDelay() {
        assertThat(context.scheduledPunctuators())
                .extracting(MockProcessorContext.CapturedPunctuator::getInterval)
                .containsExactly(MAX_DELAY.dividedBy(2));
    }

    @Test
    void hasOneTimerAndOneClassifierAfterItsTaskIsRevived() {
        processor.init(context);
        assertThat(context.scheduledPunctuators())
                .extracting(MockProcessorContext.CapturedPunctuator::cancelled)
                .containsExactly(true, false);
        processor.close();
        processor.init(context);
        processor.close();
        assertThat(context.scheduledPunctuators()).allMatch(MockProcessorContext.CapturedPunctuator::cancelled);
        assertThat(classifiers).hasSize(3).allMatch(classifier -> classifier.closed);
    }

    private void tick() {
        context.scheduledPunctuators().get(0).getPunctuator().punctuate(0);
    }

    private void arrive() {
        byte[] pixels = new byte[784];
        memory.value()
                .add(new PendingImage(
                        new DigitImage("i", 28, 28, ByteBuffer.wrap(pixels), clock.instant()),
                        new byte[0],
                        new byte[0],
                        new RecordHeaders(),
                        pixels,
                        0,
                        new SourcePosition("t", 0, 0),
                        clock.millis()));
    }
}
