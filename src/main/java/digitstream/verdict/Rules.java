package digitstream.verdict;

import digitstream.settings.VerdictSettings;
import digitstream.verdict.Observation.Estimated;
import digitstream.verdict.Observation.Measured;
import digitstream.verdict.Observation.Model;
import digitstream.verdict.Rule.Trouble;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** The rules, with their bounds. Immutable. */
final class Rules {
    /** After this many times its bound, being behind is critical. */
    private static final int MUCH = 4;

    /** More than the markers of the last transactions, which may stay in the lag of a topic without traffic. */
    private static final long MANY_WAITING = 1_000;

    /** After this time, records that come have a rate. */
    private static final long RATE_KNOWN_MILLIS = 3_000;

    private final VerdictSettings bounds;

    Rules(VerdictSettings bounds) {
        this.bounds = bounds;
    }

    /** Returns all rules; of two findings of the same level, that of the earlier rule comes first. */
    List<Rule> all() {
        return List.of(
                Rule.ofStream("brokers-away", Set.of(Level.CRITICAL), this::brokersAway),
                Rule.ofStream("no-predictions", Set.of(Level.NO_DATA, Level.CRITICAL), this::noPredictions),
                Rule.ofEachModel("labels-suspicious", Set.of(Level.CRITICAL), this::labelsSuspicious),
                Rule.ofEachModel("accuracy-low", Set.of(Level.WARNING, Level.CRITICAL), this::accuracyLow),
                Rule.ofStream("dead-letters", Set.of(Level.WARNING, Level.CRITICAL), this::deadLetters),
                Rule.ofEachModel("images-unlike", Set.of(Level.WARNING), this::imagesUnlike),
                Rule.ofEachModel("estimate-low", Set.of(Level.WARNING), this::estimateLow),
                Rule.ofStream("no-labels", Set.of(Level.WARNING), this::noLabels),
                Rule.ofEachModel("version-unlabelled", Set.of(Level.WARNING), this::versionUnlabelled),
                Rule.ofStream("classifying-behind", Set.of(Level.WARNING, Level.CRITICAL), this::classifyingBehind),
                Rule.ofStream("scoring-behind", Set.of(Level.WARNING, Level.CRITICAL), this::scoringBehind),
                Rule.ofStream("latency-high", Set.of(Level.WARNING), this::latencyHigh));
    }

    private Optional<Trouble> brokersAway(Observation seen) {
        return seen.brokersAwaySinceMillis().isEmpty()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Level.CRITICAL,
                        "The Kafka brokers do not respond",
                        seen.brokersAwaySinceMillis().getAsLong()));
    }

    private Optional<Trouble> noPredictions(Observation seen) {
        long since = seen.lastPredictionMillis().orElse(seen.watchedSinceMillis());
        long silence = seen.atMillis() - since;
        if (silence <= bounds.noPredictions().toMillis()) {
            return Optional.empty();
        }
        long waiting = seen.waitingImages().orElse(0);
        if (waiting > 0) {
            return Optional.of(new Trouble(
                    Level.CRITICAL,
                    "No predictions for " + duration(silence) + ", and " + count(waiting, "image waits", "images wait"),
                    since));
        }
        return Optional.of(new Trouble(
                Level.NO_DATA,
                seen.lastPredictionMillis().isEmpty() ? "No images yet" : "No images for " + duration(silence),
                since));
    }

    /** Wrong predictions lower the estimate too, and strange images raise the drift. Labels alone move neither. */
    private Optional<Trouble> labelsSuspicious(Observation seen, Model model) {
        return model.compared()
                .filter(both -> both.drift() <= bounds.driftMax())
                .filter(both -> both.estimateLow() > both.measuredHigh() + bounds.estimateGap())
                .map(both -> new Trouble(
                        Level.CRITICAL,
                        "Estimate " + percent(both.estimate()) + ", measured " + percent(both.measured())
                                + ": are the labels right?",
                        seen.atMillis()));
    }

    private Optional<Trouble> accuracyLow(Observation seen, Model model) {
        return model.measured().flatMap(measured -> level(model, measured)
                .map(level -> new Trouble(
                        level,
                        "Accuracy " + percent(measured.accuracy()) + " " + measured.window() + validation(model),
                        seen.atMillis())));
    }

    /** The upper end of the interval is compared, so that few labels do not make an alarm. */
    private Optional<Level> level(Model model, Measured measured) {
        if (measured.high() < bounds.accuracyMin()) {
            return Optional.of(Level.CRITICAL);
        }
        return model.validationAccuracy().isPresent()
                        && measured.high() < model.validationAccuracy().getAsDouble() - bounds.accuracyDrop()
                ? Optional.of(Level.WARNING)
                : Optional.empty();
    }

    private static String validation(Model model) {
        return model.validationAccuracy().isPresent()
                ? " (" + percent(model.validationAccuracy().getAsDouble()) + " on validation)"
                : "";
    }

    private Optional<Trouble> deadLetters(Observation seen) {
        long sum =
                seen.deadLetters().values().stream().mapToLong(Long::longValue).sum();
        if (sum == 0) {
            return Optional.empty();
        }
        String reasons = seen.deadLetters().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        return Optional.of(new Trouble(
                sum > bounds.deadLettersMax() ? Level.CRITICAL : Level.WARNING,
                count(sum, "dead letter", "dead letters") + " in the last minute: " + reasons,
                seen.atMillis()));
    }

    private Optional<Trouble> imagesUnlike(Observation seen, Model model) {
        return model.estimated()
                .filter(this::isUnlike)
                .map(estimated -> new Trouble(
                        Level.WARNING,
                        String.format(
                                        Locale.ROOT,
                                        "Images look unlike the validation images (PSI %.1f)",
                                        estimated.drift())
                                + (estimated.accuracy().isPresent() ? ": the estimate is worthless" : ""),
                        seen.atMillis()));
    }

    private boolean isUnlike(Estimated estimated) {
        return estimated.drift() > bounds.driftMax();
    }

    /** The estimate, if it is worth anything: the calibration holds for images like the validation images only. */
    private Optional<Estimated> valid(Model model) {
        return model.estimated()
                .filter(estimated -> estimated.accuracy().isPresent())
                .filter(estimated -> !isUnlike(estimated));
    }

    private Optional<Trouble> estimateLow(Observation seen, Model model) {
        return valid(model)
                .flatMap(estimated -> lowEstimate(model, estimated))
                .map(text -> new Trouble(Level.WARNING, text, seen.atMillis()));
    }

    private Optional<String> lowEstimate(Model model, Estimated estimated) {
        double estimate = estimated.accuracy().getAsDouble();
        if (estimate < bounds.estimateMin()) {
            return Optional.of("Estimated accuracy " + percent(estimate) + " " + estimated.window());
        }
        return estimated
                .latest()
                .filter(latest -> model.validationAccuracy().isPresent()
                        && latest.high() < model.validationAccuracy().getAsDouble() - bounds.accuracyDrop())
                .map(latest -> "Estimated accuracy " + percent(latest.accuracy()) + " of the latest images"
                        + validation(model));
    }

    private Optional<Trouble> noLabels(Observation seen) {
        if (seen.predictionsPerSecond() == 0) {
            return Optional.empty();
        }
        long since = seen.lastLabelMillis().orElse(seen.watchedSinceMillis());
        long silence = seen.atMillis() - since;
        return silence <= bounds.noLabels().toMillis()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Level.WARNING, "No labels for " + duration(silence) + ": accuracy is not measured", since));
    }

    /** While labels come, a version that has none is one whose labels are lost, or that nobody labels. */
    private Optional<Trouble> versionUnlabelled(Observation seen, Model model) {
        long bound = bounds.noLabels().toMillis();
        if (!model.unlabelled()
                || seen.lastLabelMillis().isEmpty()
                || seen.atMillis() - seen.lastLabelMillis().getAsLong() > bound) {
            return Optional.empty();
        }
        long since = model.startedMillis().orElse(seen.watchedSinceMillis());
        long silence = seen.atMillis() - since;
        return silence <= bound
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Level.WARNING,
                        "Labels come, but none for " + model.name() + " in " + duration(silence),
                        since));
    }

    private Optional<Trouble> classifyingBehind(Observation seen) {
        return behind("Classifying", seen.waitingImages(), seen.imagesPerSecond(), seen);
    }

    private Optional<Trouble> scoringBehind(Observation seen) {
        return behind("Scoring", seen.waitingEvents(), seen.eventsPerSecond(), seen);
    }

    /** How far behind is the time in which as many records came as wait. */
    private Optional<Trouble> behind(
            String topology, OptionalLong waiting, OptionalDouble perSecond, Observation seen) {
        if (waiting.isEmpty()) {
            return Optional.empty();
        }
        if (perSecond.isEmpty()) {
            return behindAtUnknownRate(topology, waiting.getAsLong(), seen);
        }
        long millis = (long) (1_000 * waiting.getAsLong() / perSecond.getAsDouble());
        long bound = bounds.behind().toMillis();
        return millis <= bound
                ? Optional.empty()
                : Optional.of(new Trouble(
                        millis > MUCH * bound ? Level.CRITICAL : Level.WARNING,
                        topology + " is " + duration(millis) + " behind",
                        seen.atMillis()));
    }

    /** Nothing has come since the watch began, so what waits was there before. */
    private static Optional<Trouble> behindAtUnknownRate(String topology, long waiting, Observation seen) {
        return waiting < MANY_WAITING || seen.atMillis() - seen.watchedSinceMillis() < RATE_KNOWN_MILLIS
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Level.WARNING,
                        topology + " is behind: " + count(waiting, "record waits", "records wait"),
                        seen.atMillis()));
    }

    private Optional<Trouble> latencyHigh(Observation seen) {
        return seen.latencyP99Millis().isEmpty()
                        || seen.latencyP99Millis().getAsLong()
                                <= bounds.latencyMax().toMillis()
                ? Optional.empty()
                : Optional.of(new Trouble(
                        Level.WARNING,
                        "One in 100 images waits longer than "
                                + duration(seen.latencyP99Millis().getAsLong()) + " for its prediction",
                        seen.atMillis()));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String count(long number, String one, String several) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : several);
    }

    private static String duration(long millis) {
        long seconds = millis / 1_000;
        return seconds < 120 ? seconds + " s" : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
    }
}
