package digitstream.dashboard;

import digitstream.accuracy.Baseline;
import digitstream.accuracy.Drift;
import digitstream.accuracy.EstimatedAccuracy;
import digitstream.accuracy.PredictionMix;
import digitstream.avro.Accuracy;
import digitstream.common.Durations;
import digitstream.verdict.Observation;
import digitstream.verdict.Observation.Estimated;
import digitstream.verdict.Observation.Latest;
import digitstream.verdict.Observation.Measured;
import digitstream.verdict.Observation.Model;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Summarises what a dashboard has read, for its verdict. Not thread-safe. */
final class Observer {
    /** Figures that are older are no longer of the present: scoring has stopped. */
    private static final long FRESH_MILLIS = 30_000;

    /**
     * How many images are enough to see a change in them. Few, so that it is seen soon, and more than {@link Drift#MIN_IMAGES}, so
     * that chance doesn't raise an alarm.
     */
    static final long LATEST = 1_000;

    /** The mean of the latest images is looked at every second: two standard errors would be too few. */
    private static final double STANDARD_ERRORS = 3;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int RATE_SECONDS = 60;
    private static final int LATENCY_SECONDS = 10;

    /** After a longer time without a record, none come. */
    private static final int COMING_SECONDS = 10;

    private static final long COMING_MILLIS = 1_000 * COMING_SECONDS;

    private final long labelledMin;
    private final KeptRate imageRate = new KeptRate();
    private final KeptRate eventRate = new KeptRate();

    /**
     * Creates an observer.
     *
     * @param labelledMin how many images of a window must have a label
     */
    Observer(long labelledMin) {
        this.labelledMin = labelledMin;
    }

    /** Returns the accuracy in the shortest window that has enough labels. */
    Optional<Measured> measured(Collection<Accuracy> figures, long nowMillis) {
        return judged(figures, nowMillis)
                .map(figure -> new Measured(
                        words(figure.getWindow()),
                        Objects.requireNonNull(figure.getAccuracy()),
                        Objects.requireNonNull(figure.getAccuracyLow()),
                        Objects.requireNonNull(figure.getAccuracyHigh())));
    }

    private Optional<Accuracy> judged(Collection<Accuracy> figures, long nowMillis) {
        return figures.stream()
                .filter(figure -> figure.getWindowStart() != null)
                .filter(figure -> figure.getLabelled() >= labelledMin)
                .filter(figure -> nowMillis - figure.getComputedAt().toEpochMilli() <= FRESH_MILLIS)
                .min(Comparator.comparing(Observer::length));
    }

    /** Returns the names of the windows that the verdict judges. */
    Tiles.Windows windows(Collection<Accuracy> figures, long nowMillis) {
        return new Tiles.Windows(
                judged(figures, nowMillis).map(Accuracy::getWindow).orElse(null),
                figures.stream()
                        .filter(figure -> length(figure).equals(MINUTE))
                        .map(Accuracy::getWindow)
                        .findFirst()
                        .orElse("1m"));
    }

    /** Whether a model has predictions, as many as should have a label, but has never had one. */
    boolean unlabelled(Collection<Accuracy> figures, long nowMillis) {
        return figures.stream()
                .filter(figure -> figure.getWindowStart() == null)
                .filter(figure -> nowMillis - figure.getComputedAt().toEpochMilli() <= FRESH_MILLIS)
                .anyMatch(figure -> figure.getPredicted() >= labelledMin && figure.getLabelled() == 0);
    }

    private static Duration length(Accuracy figure) {
        return Durations.parse(figure.getWindow()).orElse(Duration.ofDays(3650));
    }

    private static String words(String window) {
        return switch (window) {
            case "1m" -> "in the last minute";
            case "1h" -> "in the last hour";
            default -> "in the last " + window;
        };
    }

    /**
     * Returns the estimate without labels, and how unlike the validation images the images are: of the last minute if it has enough
     * predictions, otherwise of the latest ones, of an hour at most. Empty if these are too few as well, or none is of the last
     * minute.
     */
    static Optional<Estimated> estimated(Traffic traffic, String model, Optional<Releases.Release> release) {
        PredictionMix minute = traffic.recentMixes().get(model);
        if (minute == null || minute.count() == 0 || release.isEmpty()) {
            return Optional.empty();
        }
        Baseline baseline = release.get().baseline();
        if (minute.count() >= Drift.MIN_IMAGES) {
            return Optional.of(estimated("in the last minute", minute, traffic.latestMix(model, LATEST), baseline));
        }
        PredictionMix latest = traffic.latestOfAnHour(model);
        return latest.count() < Drift.MIN_IMAGES
                ? Optional.empty()
                : Optional.of(estimated("of the latest " + latest.count() + " images", latest, latest, baseline));
    }

    private static Estimated estimated(String window, PredictionMix all, PredictionMix latest, Baseline baseline) {
        Optional<EstimatedAccuracy> estimate = baseline.estimate(all);
        return new Estimated(
                window,
                optional(estimate.map(EstimatedAccuracy::accuracy)),
                optional(estimate.map(EstimatedAccuracy::low)),
                // Many images show a small change, the latest ones a sudden one.
                Stream.of(latest, all)
                        .flatMap(mix -> baseline.estimate(mix).map(its -> latest(its.accuracy(), mix)).stream())
                        .min(Comparator.comparingDouble(Latest::high)),
                Math.max(baseline.drift(all), baseline.drift(latest)));
    }

    private static Latest latest(double accuracy, PredictionMix mix) {
        return new Latest(
                accuracy, accuracy + STANDARD_ERRORS * mix.standardError().orElse(0.0));
    }

    private static OptionalDouble optional(Optional<Double> value) {
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }

    static OptionalDouble validationAccuracy(Optional<Releases.Release> release) {
        return release.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(release.get().validation().getAccuracy());
    }

    /**
     * Returns the observation.
     *
     * @param readMillis when a record was last read
     * @param labels in the last minute
     */
    Observation observe(
            long nowMillis,
            long watchedSinceMillis,
            long readMillis,
            Traffic traffic,
            LagWatch.Found found,
            OptionalLong lastLabelMillis,
            long labels,
            Map<String, Long> deadLetters,
            List<Model> models) {
        List<Traffic.Second> all = traffic.seconds();
        List<Traffic.Second> minute = all.subList(Math.max(0, all.size() - RATE_SECONDS), all.size());
        double predictions = minute.stream()
                .mapToDouble(second -> second.out() == null ? 0 : second.out())
                .average()
                .orElse(0);
        OptionalDouble images = minute.stream()
                .map(Traffic.Second::in)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .average();
        boolean away = found.away() && readMillis < found.faultSinceMillis();
        long last = traffic.lastPredictionMillis();
        return new Observation(
                nowMillis,
                watchedSinceMillis,
                away ? OptionalLong.of(found.faultSinceMillis()) : OptionalLong.empty(),
                imageRate.after(images.orElse(0), producing(all)),
                predictions,
                optional(found.totalLag()),
                optional(found.totalScoringLag()),
                eventRate.after(
                        predictions + (double) labels / Math.max(1, minute.size()),
                        nowMillis - Math.max(last, lastLabelMillis.orElse(-1)) <= COMING_MILLIS),
                last < 0 ? OptionalLong.empty() : OptionalLong.of(last),
                lastLabelMillis,
                latency(all),
                deadLetters,
                models);
    }

    private static boolean producing(List<Traffic.Second> all) {
        return all.subList(Math.max(0, all.size() - COMING_SECONDS), all.size()).stream()
                .map(Traffic.Second::in)
                .anyMatch(in -> in != null && in > 0);
    }

    /** The median of the p99 of the last seconds: one slow second is no trouble. */
    private static OptionalLong latency(List<Traffic.Second> all) {
        List<Long> known = all.subList(Math.max(0, all.size() - LATENCY_SECONDS), all.size()).stream()
                .map(Traffic.Second::p99)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        return known.isEmpty() ? OptionalLong.empty() : OptionalLong.of(known.get(known.size() / 2));
    }

    private static OptionalLong optional(@Nullable Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
