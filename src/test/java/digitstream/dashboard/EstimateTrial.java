package digitstream.dashboard;

import digitstream.accuracy.EstimatedAccuracy;
import digitstream.avro.ModelRelease;
import digitstream.avro.Prediction;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.common.Digits;
import digitstream.data.LabelledImages;
import digitstream.model.Classifier;
import digitstream.model.ModelCard;
import digitstream.settings.VerdictSettings;
import digitstream.verdict.Finding;
import digitstream.verdict.Judge;
import digitstream.verdict.Observation;
import digitstream.verdict.Observation.Estimated;
import digitstream.verdict.Observation.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the dashboard says of a stream of 200 images a second without labels: 10,000 images are 50 seconds, so that the last minute
 * has all of them. Without Kafka, from the predictions to the findings.
 */
final class EstimateTrial {
    private static final int IMAGES_PER_SECOND = 200;
    private static final int BATCH = 250;
    private static final Set<String> ALARMS = Set.of("images-unlike", "estimate-low");
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Classifier classifier;
    private final ModelCard card;
    private final Releases releases = new Releases();
    private final String model;

    /** Tries a model whose card has a validation. */
    EstimateTrial(Classifier classifier, ModelCard card) {
        this.classifier = classifier;
        this.card = card;
        this.model = Releases.key(card.name(), card.version());
        ModelCard.Evaluation validation = Objects.requireNonNull(card.validation());
        releases.add(
                ModelRelease.newBuilder()
                        .setRole(ReleaseRole.CHAMPION)
                        .setModelName(card.name())
                        .setModelVersion(card.version())
                        .setSha256(card.sha256())
                        .setStartedAt(NOON)
                        .setValidation(new ValidationBaseline(
                                (long) validation.images(),
                                validation.accuracy(),
                                validation.predictedPerClass(),
                                validation.confidenceBins(),
                                validation.temperature()))
                        .build(),
                NOON.toEpochMilli());
    }

    /**
     * What is said after all images.
     *
     * @param alarm the number of images until the first alarm; empty without one
     * @param worthless whether the estimate is struck out
     */
    record Said(EstimatedAccuracy estimate, boolean worthless, OptionalInt alarm) {

        boolean covers(double accuracy) {
            return estimate.low() <= accuracy && accuracy <= estimate.high();
        }

        double width() {
            return estimate.high() - estimate.low();
        }
    }

    static List<byte[]> pixels(LabelledImages images) {
        return IntStream.range(0, images.size()).mapToObj(images::pixels).toList();
    }

    List<Prediction> predictions(List<byte[]> images) {
        List<Prediction> all = new ArrayList<>(images.size());
        for (int from = 0; from < images.size(); from += BATCH) {
            List<byte[]> batch = images.subList(from, Math.min(images.size(), from + BATCH));
            float[] probabilities = classifier.classify(batch);
            for (int i = 0; i < batch.size(); i++) {
                all.add(prediction(probabilities, i * Digits.CLASSES));
            }
        }
        return all;
    }

    private Prediction prediction(float[] output, int from) {
        int label = Digits.argmax(output, from);
        List<Float> probabilities = IntStream.range(from, from + Digits.CLASSES)
                .mapToObj(i -> output[i])
                .toList();
        return new Prediction(
                "id",
                label,
                output[from + label],
                probabilities,
                card.name(),
                card.version(),
                "images",
                0,
                0L,
                NOON,
                NOON,
                BATCH);
    }

    static double accuracy(List<Prediction> predictions, LabelledImages labels) {
        return IntStream.range(0, predictions.size())
                .map(i -> predictions.get(i).getLabel() == labels.label(i) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    Said watch(List<Prediction> predictions) {
        Traffic traffic = new Traffic(Duration.ofHours(1), false, releases::temperature);
        Judge judge = new Judge(VerdictSettings.DEFAULT);
        OptionalInt alarm = OptionalInt.empty();
        List<Finding> findings = List.of();
        for (int from = 0; from < predictions.size(); from += IMAGES_PER_SECOND) {
            int end = Math.min(predictions.size(), from + IMAGES_PER_SECOND);
            long now = NOON.toEpochMilli() + 1_000L * from / IMAGES_PER_SECOND;
            predictions.subList(from, end).forEach(prediction -> traffic.predicted(prediction, now));
            traffic.close(now, 1, LagWatch.UNKNOWN);
            findings = judge.judge(observation(now, estimated(traffic))).findings();
            if (alarm.isEmpty() && findings.stream().anyMatch(finding -> ALARMS.contains(finding.rule()))) {
                alarm = OptionalInt.of(end);
            }
        }
        return new Said(
                releases.of(model)
                        .orElseThrow()
                        .baseline()
                        .estimate(traffic.recentMixes().get(model))
                        .orElseThrow(),
                findings.stream().anyMatch(finding -> finding.text().endsWith("the estimate is worthless")),
                alarm);
    }

    private Optional<Estimated> estimated(Traffic traffic) {
        return Observer.estimated(traffic, model, releases.of(model));
    }

    /** An observation in which all else is well. */
    private Observation observation(long now, Optional<Estimated> estimated) {
        return new Observation(
                now,
                now,
                OptionalLong.empty(),
                OptionalDouble.of(IMAGES_PER_SECOND),
                IMAGES_PER_SECOND,
                OptionalLong.of(0),
                OptionalLong.of(0),
                OptionalDouble.of(IMAGES_PER_SECOND),
                OptionalLong.of(now),
                OptionalLong.of(now),
                OptionalLong.empty(),
                Map.of(),
                List.of(new Model(
                        model,
                        Observer.validationAccuracy(releases.of(model)),
                        Optional.empty(),
                        false,
                        OptionalLong.empty(),
                        estimated,
                        Optional.empty())));
    }
}
