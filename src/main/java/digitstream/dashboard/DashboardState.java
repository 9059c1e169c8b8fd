package digitstream.dashboard;

import digitstream.accuracy.PredictionMix;
import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.common.DrawnId;
import digitstream.common.Durations;
import digitstream.dashboard.Mistakes.Mistake;
import digitstream.settings.VerdictSettings;
import digitstream.verdict.Judge;
import digitstream.verdict.Level;
import digitstream.verdict.Observation;
import digitstream.verdict.Verdict;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/** The state that the page shows, built from the records of the topics. Thread-safe. */
final class DashboardState {
    private static final String LABEL = "label";
    private static final int LATEST_MISTAKES = 24;
    /** A page may miss some states, but no more than a few seconds of them without noticing. */
    private static final int LATEST_EVENTS = 10;

    /** The latest mistakes change once in this many seconds at most, so that users have time to look at them. */
    private static final int MISTAKES_INTERVAL_SECONDS = 3;

    private final Clock clock;
    private final LagWatch lagWatch;
    private final boolean readOnly;
    private final boolean drawnDigits;
    private final BooleanSupplier failed;
    private final AccuracyHistory history;
    private final Releases releases = new Releases();
    private final Sample sample;
    private final Traffic traffic;
    private final Timeline timeline;
    private final StreamNames names;
    private final long historyMillis;
    private final Mistakes mistakes = new Mistakes();
    private final ComparedImages compared;
    private final LastMinute deadLetters = new LastMinute();
    private final LastMinute labels = new LastMinute();
    private final Observer observer;
    private final Judge judge;
    private final double driftMax;
    private final long startedMillis;
    private volatile boolean caughtUp;
    private volatile long readMillis = -1;
    private volatile long figuresMillis = -1;
    private volatile List<Mistake> latestMistakes = List.of();
    private volatile long labelMillis = -1;
    private volatile Judgement judgement;
    private volatile long judgedMillis;
    private long seconds;

    /**
     * What was judged of a second.
     *
     * @param tiles the marks of the page's figures
     */
    record Judgement(Verdict verdict, Map<String, List<Tiles.Mark>> tiles) {
        /** Whether the estimated accuracy of a model version is worthless now, because its images are unlike those of validation. */
        boolean isUnlike(String version) {
            return verdict.findings().stream()
                    .anyMatch(finding -> finding.rule().equals(Tiles.IMAGES_UNLIKE)
                            && finding.model().equals(version));
        }
    }

    /**
     * Creates an empty state.
     *
     * @param sample adjusted to the rate
     * @param history how far back published figures are kept
     * @param bounds when the stream is in trouble
     * @param drawnDigits whether digits that are drawn on the page count in accuracy
     * @param names where the stream is, which the page shows
     * @param readOnly whether drawing and labelling are refused, which the page shows
     * @param failed whether a part of the dashboard has failed, which the page shows
     */
    DashboardState(
            Clock clock,
            LagWatch lagWatch,
            Sample sample,
            Duration history,
            VerdictSettings bounds,
            boolean drawnDigits,
            StreamNames names,
            boolean readOnly,
            BooleanSupplier failed) {
        this.clock = clock;
        this.startedMillis = clock.millis();
        this.observer = new Observer(bounds.labelledMin());
        this.judge = new Judge(bounds);
        this.driftMax = bounds.driftMax();
        this.judgement = new Judgement(new Verdict(Level.NO_DATA, startedMillis, List.of()), Map.of());
        this.readOnly = readOnly;
        this.drawnDigits = drawnDigits;
        this.failed = failed;
        this.lagWatch = lagWatch;
        this.sample = sample;
        this.history = new AccuracyHistory(history);
        this.traffic = new Traffic(history, drawnDigits, releases::temperature);
        this.compared = new ComparedImages(drawnDigits, bounds.labelledMin());
        this.timeline = new Timeline(startedMillis, history);
        this.names = names;
        this.historyMillis = history.toMillis();
    }

    /**
     * Returns a listener that updates this state.
     *
     * @param live also receives live predictions, each with the time at which it was read
     */
    TopicWatch.Listener listener(ObjLongConsumer<Prediction> live) {
        return new TopicWatch.Listener() {
            @Override
            public void released(ModelRelease release) {
                long now = clock.millis();
                releases.add(release, now).ifPresent(start -> timeline.started(start, now));
            }

            @Override
            public void served(String instance, long startedMillis) {
                timeline.served(instance, startedMillis, clock.millis());
            }

            @Override
            public void published(Accuracy figures) {
                readMillis = clock.millis();
                figuresMillis = readMillis;
                history.add(figures, readMillis);
            }

            @Override
            public void predicted(Prediction prediction) {
                readMillis = clock.millis();
                traffic.predicted(prediction, readMillis);
                mistakes.predicted(prediction);
                compared.predicted(
                        prediction,
                        releases.temperature(Releases.key(prediction.getModelName(), prediction.getModelVersion())),
                        readMillis);
                live.accept(prediction, readMillis);
            }

            @Override
            public void unsampled(long predictions) {
                readMillis = clock.millis();
                traffic.unsampled(predictions, readMillis);
            }

            @Override
            public void predictedBeforeStart(Prediction prediction) {
                mistakes.predicted(prediction);
            }

            @Override
            public void labelled(DigitLabel label) {
                mistakes.labelled(label);
                compared.labelled(label, clock.millis());
            }

            @Override
            public void retracted(String imageId, long atMillis) {
                mistakes.retracted(imageId, Instant.ofEpochMilli(atMillis));
                compared.retracted(imageId, atMillis, clock.millis());
            }

            @Override
            public void labelsArrived(long count, long atMillis) {
                labels.add(LABEL, count, atMillis);
                labelMillis = Math.max(labelMillis, atMillis);
            }

            @Override
            public void rejected(String reason, long atMillis) {
                deadLetters.add(reason, atMillis);
                if (atMillis >= startedMillis) {
                    traffic.rejected();
                }
            }

            @Override
            public void caughtUp() {
                caughtUp = true;
            }
        };
    }

    /**
     * Ends a second.
     *
     * @param length time since the last one ended, in seconds
     */
    void tick(double length) {
        traffic.close(clock.millis(), length, lagWatch.found());
        sample.adjustTo(traffic.rate());
        compared.adjustTo(traffic.rate() / sample.onePartitionIn());
        Verdict verdict = judged(observe());
        judgedMillis = clock.millis();
        if (caughtUp) {
            LagWatch.Found found = lagWatch.found();
            timeline.tick(
                    clock.millis(),
                    verdict,
                    found.away() && readMillis < found.faultSinceMillis(),
                    traffic.lastPredictionMillis());
        }
        if (seconds++ % MISTAKES_INTERVAL_SECONDS == 0) {
            latestMistakes = mistakes.first(MistakeOrder.LATEST, LATEST_MISTAKES);
        }
    }

    private Verdict judged(Observation seen) {
        Verdict verdict = judge.judge(seen);
        judgement = new Judgement(
                verdict, Tiles.of(verdict, seen, model -> observer.windows(history.latestOf(model), seen.atMillis())));
        return verdict;
    }

    private Observation observe() {
        long now = clock.millis();
        return observer.observe(
                now,
                startedMillis,
                readMillis,
                traffic,
                lagWatch.found(),
                labelMillis < 0 ? OptionalLong.empty() : OptionalLong.of(labelMillis),
                labels.counts(now).getOrDefault(LABEL, 0L),
                deadLetters.counts(now),
                models().stream().map(model -> observe(model, now)).toList());
    }

    /** The model version in service, and all others that have predicted in the last minute. */
    private Set<String> models() {
        Map<String, PredictionMix> mixes = traffic.recentMixes();
        Set<String> models = new LinkedHashSet<>();
        inService(releases.starts(), mixes, history).ifPresent(models::add);
        mixes.forEach((model, mix) -> {
            if (mix.count() > 0) {
                models.add(model);
            }
        });
        return models;
    }

    private Observation.Model observe(String model, long now) {
        Optional<Releases.Release> release = releases.of(model);
        return new Observation.Model(
                model,
                Observer.validationAccuracy(release),
                observer.measured(history.latestOf(model), now),
                observer.unlabelled(history.latestOf(model), now),
                releases.started(model),
                Observer.estimated(traffic, model, release),
                compared.of(model, release, now));
    }

    /** The model version in service, {@code <name>/<version>}; empty if unknown. */
    Optional<String> model() {
        return inService(releases.starts(), traffic.recentMixes(), history);
    }

    /** The verdict of the second that ended last. */
    Verdict verdict() {
        return judgement.verdict();
    }

    /** When the last second ended; 0 before the first. */
    long judgedMillis() {
        return judgedMillis;
    }

    /** Whether all records that were in the topics at the start have been read. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    /** The current state, as JSON. */
    String now() {
        Map<String, PredictionMix> mixes = traffic.recentMixes();
        String model = inService(releases.starts(), mixes, history).orElse(null);
        return StateJson.state(
                clock.millis(),
                failed.getAsBoolean(),
                readOnly,
                model,
                readMillis,
                figuresMillis,
                traffic,
                mixes,
                lagWatch.found(),
                history,
                releases,
                sample.oneIn(),
                latestMistakes,
                mistakes.images(),
                judgement,
                driftMax,
                deadLetters.counts(clock.millis()),
                windowMixes(),
                timeline.latest(LATEST_EVENTS));
    }

    /** The history, as JSON. */
    String history() {
        return StateJson.history(clock.millis(), historyMillis, history, traffic, releases, timeline.events(), names);
    }

    /** The events, as JSON. */
    String events() {
        return StateJson.text(StateJson.events(timeline.events()));
    }

    /** The mixes of each published window that is not too long to be kept, by model version. */
    private Map<String, Map<String, PredictionMix>> windowMixes() {
        Map<String, Map<String, PredictionMix>> all = new TreeMap<>();
        for (Accuracy figures : history.latest()) {
            Durations.parse(figures.getWindow())
                    .map(Duration::toSeconds)
                    .filter(length -> length <= Traffic.SECONDS)
                    .ifPresent(length -> all.computeIfAbsent(
                            figures.getWindow(), ignored -> traffic.recentMixes(length.intValue())));
        }
        return all;
    }

    /** Mistakes of all cells in an order. */
    List<Mistake> mistakes(MistakeOrder order) {
        return mistakes.first(order, LATEST_MISTAKES);
    }

    /** The latest mistakes of a cell of the confusion matrix, newest first; without drawn digits unless they are scored. */
    List<Mistake> mistakes(int actual, int predicted) {
        return mistakes.of(actual, predicted).stream()
                .filter(mistake -> drawnDigits || !DrawnId.isDrawn(mistake.imageId()))
                .toList();
    }

    /**
     * The model version that the page shows by default: the one started last if it has made predictions in the last minute, else
     * the one with the most predictions in it. Without predictions: the one started last if it has figures, else the one with the
     * latest figures.
     */
    static Optional<String> inService(
            List<Releases.Start> starts, Map<String, PredictionMix> mixes, AccuracyHistory history) {
        @Nullable
        String started = starts.isEmpty() ? null : starts.get(starts.size() - 1).model();
        if (!mixes.isEmpty()) {
            return started != null && mixes.containsKey(started)
                    ? Optional.of(started)
                    : mixes.entrySet().stream()
                            .max(Comparator.comparingLong(mix -> mix.getValue().count()))
                            .map(Map.Entry::getKey);
        }
        return history.knows(started) ? Optional.ofNullable(started) : history.lastUpdated();
    }
}
