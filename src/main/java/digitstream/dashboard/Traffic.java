package digitstream.dashboard;

import digitstream.accuracy.Calibration;
import digitstream.accuracy.Drift;
import digitstream.accuracy.PredictionMix;
import digitstream.avro.Prediction;
import digitstream.common.DrawnId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of each of the last 900 seconds: images in, predictions out, latency, batch sizes, dead letters, and the mix of
 * predicted digits and confidences. Keeps at most a thousand older seconds, without their mixes, back to the length of the
 * history. Thread-safe.
 */
final class Traffic {
    static final int SECONDS = 900;
    /** The length of the recent mix. */
    private static final int MIX_SECONDS = 60;

    /** Mixes of older seconds are kept by minutes, together an hour. */
    private static final int MIX_MINUTES = 45;

    private static final long MILLIS_PER_MINUTE = 60_000;

    /** Further model versions in one second are in no mix; they count in the rates only. */
    private static final int MAX_VERSIONS = 16;

    private static final long MAX_LATENCY_MILLIS = 3_600_000;

    private final Histogram latencies = new Histogram(MAX_LATENCY_MILLIS, 2);
    private final Deque<Second> seconds = new ArrayDeque<>();
    private final Deque<Second> old = new ArrayDeque<>();
    private final Deque<Minute> oldMixes = new ArrayDeque<>();
    private final long historyMillis;
    private final boolean drawnDigits;
    private final ToDoubleFunction<String> temperatures;
    private Map<String, PredictionMix> mixes = new HashMap<>();
    private String name = "";
    private String version = "";
    private PredictionMix mix = new PredictionMix();
    private double temperature = 1;
    private long count;
    private long sampled;
    private long batchSizes;
    private long aheadMillis;
    private long deadLetters;
    private long lastPredictionMillis = -1;

    /** The mixes of the seconds of a minute that are no longer kept one by one. */
    private record Minute(long number, Map<String, PredictionMix> mixes) {}

    /**
     * The figures of about one second.
     *
     * @param in images per second; null if unknown
     * @param out predictions per second; null if unknown, because the brokers do not respond
     * @param p50 median end-to-end latency, from event time until the committed prediction is read here, in milliseconds; null
     *     without predictions
     * @param batchSize mean batch size over images, not over batches; null without predictions
     * @param lag images that are not yet classified and committed; null if unknown
     * @param scoringLag predictions and labels that are not yet scored and committed; null if unknown
     * @param aheadMillis the most by which an event time was ahead of this machine's clock; 0 if none was
     * @param deadLetters those that were written in this second
     * @param estimates the estimated accuracy of the minute up to this second, by {@code <model name>/<model version>}
     * @param mixes predictions of each model version, likewise; no longer changed, and empty if the second is old
     */
    record Second(
            long atMillis,
            @Nullable Double in,
            @Nullable Double out,
            @Nullable Long p50,
            @Nullable Long p95,
            @Nullable Long p99,
            @Nullable Double batchSize,
            @Nullable Long lag,
            @Nullable Long scoringLag,
            long aheadMillis,
            long deadLetters,
            Map<String, Double> estimates,
            Map<String, PredictionMix> mixes) {
        private Second withoutMixes() {
            return new Second(
                    atMillis,
                    in,
                    out,
                    p50,
                    p95,
                    p99,
                    batchSize,
                    lag,
                    scoringLag,
                    aheadMillis,
                    deadLetters,
                    estimates,
                    Map.of());
        }
    }

    /**
     * Creates an instance without traffic.
     *
     * @param history how far back old seconds are kept
     * @param drawnDigits whether digits that are drawn on the page count in accuracy, and so in its estimate
     * @param temperatures calibration temperature by {@code <model name>/<model version>}; called about once a second
     */
    Traffic(Duration history, boolean drawnDigits, ToDoubleFunction<String> temperatures) {
        this.historyMillis = history.toMillis();
        this.drawnDigits = drawnDigits;
        this.temperatures = temperatures;
    }

    synchronized void predicted(Prediction prediction, long nowMillis) {
        long latency = nowMillis - prediction.getEventTime().toEpochMilli();
        latencies.recordValue(Math.max(0, Math.min(MAX_LATENCY_MILLIS, latency)));
        aheadMillis = Math.max(aheadMillis, -latency);
        batchSizes += prediction.getBatchSize();
        if (!prediction.getModelVersion().equals(version)
                || !prediction.getModelName().equals(name)) {
            switchTo(prediction.getModelName(), prediction.getModelVersion());
        }
        if (drawnDigits || !DrawnId.isDrawn(prediction.getImageId())) {
            mix.add(
                    prediction.getLabel(),
                    prediction.getConfidence(),
                    Calibration.confidence(prediction.getProbabilities(), temperature));
        }
        sampled++;
        count++;
        lastPredictionMillis = nowMillis;
    }

    /** Counts predictions that are not in the sample. */
    synchronized void unsampled(long predictions, long nowMillis) {
        count += predictions;
        lastPredictionMillis = nowMillis;
    }

    synchronized void rejected() {
        deadLetters++;
    }

    /** Looks up the mix and the temperature of a model once, not per prediction: most predictions come from one model. */
    private void switchTo(String nextName, String nextVersion) {
        name = nextName;
        version = nextVersion;
        String model = Releases.key(name, version);
        mix = mixes.size() < MAX_VERSIONS || mixes.containsKey(model)
                ? mixes.computeIfAbsent(model, ignored -> new PredictionMix())
                : new PredictionMix();
        temperature = temperatures.applyAsDouble(model);
    }

    /**
     * Ends a second.
     *
     * @param length in seconds, greater than 0
     */
    synchronized void close(long nowMillis, double length, LagWatch.Found found) {
        boolean none = sampled == 0;
        Map<String, Double> estimates = new TreeMap<>();
        mixes(MIX_SECONDS - 1, mixes).forEach((model, minute) -> minute.estimatedAccuracy()
                .filter(estimate -> isEnough(model, minute))
                .ifPresent(estimate -> estimates.put(model, estimate)));
        seconds.addLast(new Second(
                nowMillis,
                found.in(),
                found.away() && count == 0 ? null : (Double) (count / length),
                none ? null : latencies.getValueAtPercentile(50),
                none ? null : latencies.getValueAtPercentile(95),
                none ? null : latencies.getValueAtPercentile(99),
                none ? null : (double) batchSizes / sampled,
                found.totalLag(),
                found.totalScoringLag(),
                aheadMillis,
                deadLetters,
                estimates,
                mixes));
        if (seconds.size() > SECONDS) {
            Second oldest = seconds.removeFirst();
            keepMixes(oldest);
            keepOld(oldest.withoutMixes());
        }
        while (!old.isEmpty() && old.getFirst().atMillis() < nowMillis - historyMillis) {
            old.removeFirst();
        }
        latencies.reset();
        batchSizes = 0;
        aheadMillis = 0;
        deadLetters = 0;
        mixes = new HashMap<>();
        name = "";
        version = "";
        count = 0;
        sampled = 0;
    }

    /** Whether it can be known what the estimate of a model is worth. */
    private boolean isEnough(String model, PredictionMix minute) {
        return minute.count() >= Drift.MIN_IMAGES || latestOfAnHour(model).count() >= Drift.MIN_IMAGES;
    }

    private void keepMixes(Second second) {
        long number = second.atMillis() / MILLIS_PER_MINUTE;
        if (oldMixes.isEmpty() || oldMixes.getLast().number() != number) {
            oldMixes.addLast(new Minute(number, new HashMap<>()));
        }
        Map<String, PredictionMix> minute = oldMixes.getLast().mixes();
        second.mixes().forEach((model, part) -> {
            if (minute.size() < MAX_VERSIONS || minute.containsKey(model)) {
                minute.computeIfAbsent(model, ignored -> new PredictionMix()).add(part);
            }
        });
        if (oldMixes.size() > MIX_MINUTES) {
            oldMixes.removeFirst();
        }
    }

    private void keepOld(Second second) {
        if (old.isEmpty()
                || second.atMillis() - old.getLast().atMillis() >= historyMillis / AccuracyHistory.MAX_OLD_POINTS) {
            old.addLast(second);
        }
    }

    /** The last 900 seconds, oldest first. */
    synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    /** All recorded seconds, oldest first; the older ones are further apart. */
    synchronized List<Second> history() {
        List<Second> all = new ArrayList<>(old);
        all.addAll(seconds);
        return all;
    }

    /** The mixes of the last minute, by model version. */
    synchronized Map<String, PredictionMix> recentMixes() {
        return mixes(MIX_SECONDS, Map.of());
    }

    /**
     * The mixes of the last seconds, by model version.
     *
     * @param length at most 900
     */
    synchronized Map<String, PredictionMix> recentMixes(int length) {
        return mixes(length, Map.of());
    }

    private Map<String, PredictionMix> mixes(int length, Map<String, PredictionMix> further) {
        Map<String, PredictionMix> sums = new TreeMap<>();
        BiConsumer<String, PredictionMix> add = (model, part) ->
                sums.computeIfAbsent(model, ignored -> new PredictionMix()).add(part);
        seconds.stream().skip(Math.max(0, seconds.size() - length)).forEach(second -> second.mixes()
                .forEach(add));
        further.forEach(add);
        return sums;
    }

    /**
     * The mix of a model version's latest predictions, of as few of the last seconds as have enough of them, but of a minute at
     * most.
     *
     * @param enough number of predictions
     */
    synchronized PredictionMix latestMix(String model, long enough) {
        return latestMix(model, enough, MIX_SECONDS);
    }

    private PredictionMix latestMix(String model, long enough, int maxSeconds) {
        PredictionMix sum = new PredictionMix();
        Iterator<Second> newest = seconds.descendingIterator();
        for (int i = 0; i < maxSeconds && newest.hasNext() && sum.count() < enough; i++) {
            addTo(sum, newest.next().mixes().get(model));
        }
        return sum;
    }

    /**
     * The mix of as few of a model version's latest predictions as tell what its estimate is worth, of an hour at most. Those of a
     * minute are too few at a low rate.
     *
     * @return fewer than {@link Drift#MIN_IMAGES} if there are no more
     */
    synchronized PredictionMix latestOfAnHour(String model) {
        PredictionMix sum = latestMix(model, Drift.MIN_IMAGES, SECONDS);
        Iterator<Minute> newest = oldMixes.descendingIterator();
        while (newest.hasNext() && sum.count() < Drift.MIN_IMAGES) {
            addTo(sum, newest.next().mixes().get(model));
        }
        return sum;
    }

    private static void addTo(PredictionMix sum, @Nullable PredictionMix part) {
        if (part != null) {
            sum.add(part);
        }
    }

    /** The second that ended last; null before the first. */
    synchronized @Nullable Second latest() {
        return seconds.peekLast();
    }

    /** Predictions per second in the second that ended last; 0 before the first. */
    synchronized double rate() {
        Second last = seconds.peekLast();
        return last == null || last.out() == null ? 0 : last.out();
    }

    /** When the last prediction was read, in milliseconds since 1970; -1 before the first. */
    synchronized long lastPredictionMillis() {
        return lastPredictionMillis;
    }
}
