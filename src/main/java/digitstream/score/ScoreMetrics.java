package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.avro.Accuracy;
import digitstream.common.Digits;
import digitstream.streams.DeadLetterMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the scoring topology measures. Counters count what this process took in since it started, and never fall: a corrected
 * label counts in its new cell of the confusion matrix and stays in its old one. Gauges are the figures that were last
 * published, by the one process that sums up. Safe for use by several threads.
 */
public final class ScoreMetrics {
    /** Each ends a bin of {@link AccuracyCounts}, whose ends are powers of two: from a millisecond to six days. */
    private static final Duration[] DELAYS = delays();

    private final MeterRegistry meters;
    private final Timer labelDelay;
    private final DeadLetterMetrics deadLetters;
    private final Counter matched;
    private final Counter orphaned;
    private final Counter duplicate;
    private final Counter corrected;
    private final Map<ModelVersion, Counter[]> confusion = new ConcurrentHashMap<>();
    private final Map<String, Published> published = new ConcurrentHashMap<>();

    /** Registers the meters that do not depend on a model. */
    public ScoreMetrics(MeterRegistry meters) {
        this.meters = meters;
        this.deadLetters = new DeadLetterMetrics(meters);
        this.labelDelay = Timer.builder("digits.label.delay")
                .description(
                        "From an image's event time to its label's; sum and maximum are those of bins a factor of two"
                                + " wide.")
                .serviceLevelObjectives(DELAYS)
                .register(meters);
        this.matched = labels("matched");
        this.orphaned = labels("orphaned");
        this.duplicate = labels("duplicate");
        this.corrected = labels("corrected");
    }

    private Counter labels(String outcome) {
        return Counter.builder("digits.labels")
                .description(
                        "Labels, by what became of them: matched with a prediction, orphaned (no prediction in time),"
                                + " duplicate, or corrected by a later one.")
                .tags("outcome", outcome)
                .register(meters);
    }

    /** The counts of a partition and a model have changed. */
    void counted(ModelVersion model, AccuracyCounts change) {
        Counter[] cells = confusion.computeIfAbsent(model, this::cells);
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                long more = change.confusion(actual, predicted);
                if (more > 0) {
                    cells[Digits.CLASSES * actual + predicted].increment((double) more);
                }
            }
        }
        for (int bin = 0; bin < AccuracyCounts.DELAY_BINS; bin++) {
            long middleMicros = Math.round(1e3 * AccuracyCounts.delayBinMiddleMillis(bin));
            for (long more = change.delays(bin); more > 0; more--) {
                labelDelay.record(middleMicros, TimeUnit.MICROSECONDS);
            }
        }
    }

    private Counter[] cells(ModelVersion model) {
        Counter[] cells = new Counter[Digits.CLASSES * Digits.CLASSES];
        for (int cell = 0; cell < cells.length; cell++) {
            cells[cell] = Counter.builder("digits.confusion")
                    .description("Labelled images, by what they show and what they were said to show.")
                    .tags(version(model.name(), model.version()))
                    .tags(
                            "actual",
                            Integer.toString(cell / Digits.CLASSES),
                            "predicted",
                            Integer.toString(cell % Digits.CLASSES))
                    .register(meters);
        }
        return cells;
    }

    /** The fates of a partition's labels have changed. */
    void labelled(LabelOutcomes change) {
        increment(matched, change.matched());
        increment(orphaned, change.orphaned());
        increment(duplicate, change.duplicate());
        increment(corrected, change.corrected());
    }

    private static void increment(Counter counter, long more) {
        if (more > 0) {
            counter.increment((double) more);
        }
    }

    /** Figures of a window with predictions are published. */
    void published(String key, Accuracy figures) {
        Published gauges = published.computeIfAbsent(key, ignored -> new Published(figures));
        gauges.latest = figures;
    }

    /** A window has become empty: there is nothing to be told of it, as of a version that is no longer served. */
    void retract(String key) {
        Published gauges = published.remove(key);
        if (gauges != null) {
            gauges.remove();
        }
    }

    /** This process sums up no more: another one's figures are the latest now. */
    void retract() {
        published.values().forEach(Published::remove);
        published.clear();
    }

    DeadLetterMetrics deadLetters() {
        return deadLetters;
    }

    private static Tags version(String name, String version) {
        return Tags.of("model", name, "model_version", version);
    }

    private static Duration[] delays() {
        Duration[] all = new Duration[15];
        for (int i = 0; i < all.length; i++) {
            all[i] = Duration.ofMillis(1L << (2 * i + 1));
        }
        return all;
    }

    /** The gauges of one model version's window. */
    private final class Published {
        private final List<Meter> gauges = new ArrayList<>();
        private volatile Accuracy latest;

        Published(Accuracy first) {
            this.latest = first;
            Tags tags = version(first.getModelName(), first.getModelVersion()).and("window", first.getWindow());
            gauge("digits.accuracy.ratio", "Correct of the labelled images.", tags, Accuracy::getAccuracy);
            gauge(
                    "digits.accuracy.low.ratio",
                    "Lower end of its 95 % Wilson interval.",
                    tags,
                    Accuracy::getAccuracyLow);
            gauge(
                    "digits.accuracy.high.ratio",
                    "Upper end of its 95 % Wilson interval.",
                    tags,
                    Accuracy::getAccuracyHigh);
            gauge("digits.coverage.ratio", "Labelled of the predicted images.", tags, Accuracy::getCoverage);
            gauge("digits.accuracy.predicted", "Predicted images.", tags, Accuracy::getPredicted);
            gauge("digits.accuracy.labelled", "Labelled images.", tags, Accuracy::getLabelled);
            gauge(
                    "digits.calibration.error.ratio",
                    "Expected calibration error.",
                    tags,
                    Accuracy::getExpectedCalibrationError);
        }

        private void gauge(String name, String what, Tags tags, Function<Accuracy, @Nullable Number> figure) {
            gauges.add(Gauge.builder(name, this, all -> {
                        Number value = figure.apply(all.latest);
                        return value == null ? Double.NaN : value.doubleValue();
                    })
                    .description(what + " As last published to the topic of rolling accuracy.")
                    .tags(tags)
                    .register(meters));
        }

        void remove() {
            gauges.forEach(meters::remove);
        }
    }
}
