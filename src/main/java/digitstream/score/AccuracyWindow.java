package digitstream.score;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.WilsonInterval;
import digitstream.avro.Accuracy;
import digitstream.avro.ClassAccuracy;
import digitstream.avro.ConfidenceBin;
import digitstream.avro.LabelCounts;
import digitstream.common.Digits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One window of one model version. Builds the record that is published for it.
 *
 * @param startMillis inclusive, or {@link CountsKey#SINCE_START}
 * @param endMillis exclusive
 */
record AccuracyWindow(ModelVersion model, String name, long startMillis, long endMillis, long computedAtMillis) {

    /** The record key: {@code <model name>/<model version>/<window>}. */
    String key() {
        return key(model, name);
    }

    /** Unambiguous, because neither a valid name nor a valid version contains a slash. */
    static String key(ModelVersion model, String window) {
        return model.name() + "/" + model.version() + "/" + window;
    }

    /** The record value. */
    Accuracy figures(AccuracyCounts counts, LabelOutcomes outcomes) {
        long predicted = counts.predicted();
        long labelled = counts.labelled();
        long correct = counts.correct();
        WilsonInterval interval = labelled == 0 ? null : WilsonInterval.of(correct, labelled);
        return Accuracy.newBuilder()
                .setModelName(model.name())
                .setModelVersion(model.version())
                .setWindow(name)
                .setWindowStart(startMillis == CountsKey.SINCE_START ? null : Instant.ofEpochMilli(startMillis))
                .setWindowEnd(Instant.ofEpochMilli(endMillis))
                .setComputedAt(Instant.ofEpochMilli(computedAtMillis))
                .setPredicted(predicted)
                .setLabelled(labelled)
                .setCorrect(correct)
                .setWrong(labelled - correct)
                .setPending(counts.pending())
                .setExpired(counts.expired())
                .setDuplicates(counts.duplicates())
                .setCoverage(ratio(labelled, predicted))
                .setAccuracy(ratio(correct, labelled))
                .setAccuracyLow(interval == null ? null : interval.low())
                .setAccuracyHigh(interval == null ? null : interval.high())
                .setClasses(classes(counts))
                .setConfusion(confusion(counts))
                .setMeanConfidence(counts.meanConfidence().orElse(null))
                .setExpectedCalibrationError(counts.expectedCalibrationError().orElse(null))
                .setConfidenceBins(bins(counts))
                .setLabelDelayMeanMillis(counts.meanDelayMillis().orElse(null))
                .setLabelDelayP50Millis(counts.delayMillis(0.5).orElse(null))
                .setLabelDelayP95Millis(counts.delayMillis(0.95).orElse(null))
                .setLabels(new LabelCounts(
                        outcomes.received(),
                        outcomes.matched(),
                        outcomes.pending(),
                        outcomes.orphaned(),
                        outcomes.duplicate(),
                        outcomes.corrected(),
                        outcomes.retracted()))
                .build();
    }

    private static List<ClassAccuracy> classes(AccuracyCounts counts) {
        List<ClassAccuracy> classes = new ArrayList<>(Digits.CLASSES);
        for (int digit = 0; digit < Digits.CLASSES; digit++) {
            long correct = counts.confusion(digit, digit);
            long support = counts.support(digit);
            long predicted = counts.predictedAs(digit);
            classes.add(new ClassAccuracy(
                    digit,
                    support,
                    predicted,
                    ratio(correct, predicted),
                    ratio(correct, support),
                    ratio(2 * correct, support + predicted)));
        }
        return classes;
    }

    private static List<Long> confusion(AccuracyCounts counts) {
        List<Long> confusion = new ArrayList<>(Digits.CLASSES * Digits.CLASSES);
        for (int actual = 0; actual < Digits.CLASSES; actual++) {
            for (int predicted = 0; predicted < Digits.CLASSES; predicted++) {
                confusion.add(counts.confusion(actual, predicted));
            }
        }
        return confusion;
    }

    private static List<ConfidenceBin> bins(AccuracyCounts counts) {
        List<ConfidenceBin> bins = new ArrayList<>(AccuracyCounts.CONFIDENCE_BINS);
        for (int bin = 0; bin < AccuracyCounts.CONFIDENCE_BINS; bin++) {
            bins.add(new ConfidenceBin(counts.binCount(bin), counts.binCorrect(bin), counts.binConfidence(bin)));
        }
        return bins;
    }

    private static @Nullable Double ratio(long part, long whole) {
        return whole == 0 ? null : (double) part / whole;
    }
}
