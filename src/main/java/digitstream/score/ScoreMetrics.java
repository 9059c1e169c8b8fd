package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.streams.DeadLetterMetrics;
import digitstream.streams.DurationHistogram;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the scoring topology. Counters cover what this process has counted since it started and never decrease: a
 * corrected label counts in its new cell of the confusion matrix and remains counted in the old one. Gauges show the
 * figures last published; only the process that runs the second stage has them. Thread-safe.
 */
public final class ScoreMetrics {
    /** Histogram bounds from 2 ms to six days. Each is the end of a delay bin of {@link AccuracyCounts}, a power of two. */
    private static final Duration[] DELAYS = delays();

    private static final double NANOS_PER_MILLI = 1e6;

    private final MeterRegistry meters;
    private final DurationHistogram labelDelay;
    private final DeadLetterMetrics deadLetters;
    private final Counter matched;
    private final Counter orphaned;
    private final Counter duplicate;
    private final Counter corrected;
    private final Counter retracted;
    private final ConfusionCounters confusion;
    private final Map<String, Published> published = new ConcurrentHashMap<>();

    /** Registers the metrics that do not depend on a model. */
    public ScoreMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.deadLetters = new DeadLetterMetrics(meters);
        this.confusion = new ConfusionCounters(meters);
        this.labelDelay = new DurationHistogram(
                meters,
                "digits.label.delay",
                "Time from an image's event time to its label's. Sum and maximum are approximate: each bin is twice as wide"
                        + " as the one before.",
                DELAYS);
        this.matched = labels("matched");
        this.orphaned = labels("orphaned");
        this.duplicate = labels("duplicate");
        this.corrected = labels("corrected");
        this.retracted = labels("retracted");
    }

    private Counter labels(String outcome) {
        return Counter.builder("digits.labels")
                .description("Labels by outcome: matched with a prediction, orphaned (no prediction in time), duplicate"
                        + " (same digit again), corrected (superseded by a label with another digit), or retracted"
                        + " (taken back by a record without a value, which counts too).")
                .tags("outcome", outcome)
                .register(meters);
    }

    /** Records a change of a model's counts in one partition. */
    void counted(ModelVersion model, AccuracyCounts change, long nowMillis) {
        confusion.add(model, change, nowMillis);
        for (int bin = 0; bin < AccuracyCounts.DELAY_BINS; bin++) {
            long middleNanos = Math.round(NANOS_PER_MILLI * AccuracyCounts.delayBinMiddleMillis(bin));
            for (long more = change.delays(bin); more > 0; more--) {
                labelDelay.record(middleNanos);
            }
        }
    }

    /** Records a change of label outcomes in one partition. */
    void labelled(LabelOutcomes change) {
        increment(matched, change.matched());
        increment(orphaned, change.orphaned());
        increment(duplicate, change.duplicate());
        increment(corrected, change.corrected());
        increment(retracted, change.retracted());
    }

    private static void increment(Counter counter, long more) {
        if (more > 0) {
            counter.increment((double) more);
        }
    }

    /** Sets the gauges of a window to the figures just published. */
    void published(String key, Accuracy figures) {
        Published gauges = published.computeIfAbsent(key, ignored -> new Published(figures));
        gauges.latest = figures;
    }

    /** Whether a window has gauges. */
    boolean shows(String key) {
        return published.containsKey(key);
    }

    /** Removes the gauges of all other windows. */
    void retain(Set<String> keys) {
        published.forEach((key, gauges) -> {
            if (!keys.contains(key)) {
                gauges.remove();
                published.remove(key);
            }
        });
    }

    /** The counter of the records of a topic that lie in the wrong partition. */
    Counter misplaced(String topic) {
        return Counter.builder("digits.misplaced")
                .description("Labels and predictions in another partition than that of their key, by topic.")
                .tags("topic", topic)
                .register(meters);
    }

    /** The counter of the records of a topic that are not scored because they belong to drawn digits. */
    Counter leftOut(String topic) {
        return Counter.builder("digits.left.out")
                .description("Labels and predictions of digits drawn on the dashboard, which are not scored, by topic.")
                .tags("topic", topic)
                .register(meters);
    }

    /** Removes the gauges of all windows, because another process takes over the second stage. */
    void retract() {
        published.values().forEach(Published::remove);
        published.clear();
    }

    DeadLetterMetrics deadLetters() {
        return deadLetters;
    }

    static Tags version(String name, String version) {
        return Tags.of("model", name, "model_version", version);
    }

    private static Duration[] delays() {
        Duration[] all = new Duration[15];
        Arrays.setAll(all, i -> Duration.ofMillis(1L << (2 * i + 1)));
        return all;
    }

    /** The gauges of one model version's window. */
    private final class Published {
        private final List<Meter> gauges = new ArrayList<>();
        private volatile Accuracy latest;

        Published(Accuracy first) {
            this.latest = first;
            Tags tags = version(first.getModelName(), first.getModelVersion()).and("window", first.getWindow());
            gauge(
                    "digits.accuracy.ratio",
                    "Accuracy: correct images divided by labelled images.",
                    tags,
                    Accuracy::getAccuracy);
            gauge(
                    "digits.accuracy.low.ratio",
                    "Lower bound of the 95 % Wilson interval of the accuracy.",
                    tags,
                    Accuracy::getAccuracyLow);
            gauge(
                    "digits.accuracy.high.ratio",
                    "Upper bound of the 95 % Wilson interval of the accuracy.",
                    tags,
                    Accuracy::getAccuracyHigh);
            gauge(
                    "digits.coverage.ratio",
                    "Coverage: labelled images divided by predicted images.",
                    tags,
                    Accuracy::getCoverage);
            gauge("digits.accuracy.predicted", "Predicted images in the window.", tags, Accuracy::getPredicted);
            gauge("digits.accuracy.labelled", "Labelled images in the window.", tags, Accuracy::getLabelled);
            gauge(
                    "digits.calibration.error.ratio",
                    "Expected calibration error of the labelled images.",
                    tags,
                    Accuracy::getExpectedCalibrationError);
        }

        private void gauge(String name, String description, Tags tags, Function<Accuracy, @Nullable Number> figure) {
            gauges.add(Gauge.builder(name, this, all -> {
                        Number value = figure.apply(all.latest);
                        return value == null ? Double.NaN : value.doubleValue();
                    })
                    .description(description + " The value last published to the accuracy topic.")
                    .tags(tags)
                    .register(meters));
        }

        void remove() {
            gauges.forEach(meters::remove);
        }
    }
}
