package digitstream.serve;

import digitstream.accuracy.Baseline;
import digitstream.avro.ModelRelease;
import digitstream.avro.ValidationBaseline;
import digitstream.model.ModelCard;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the expected distribution of a model's predictions from its card. */
final class Baselines {
    private Baselines() {}

    /**
     * Returns the baseline of the model's validation, or empty if the card has none, which is so for a model of another origin
     * or of an older release.
     */
    static Optional<Baseline> of(ModelCard card) {
        ModelCard.Evaluation validation = card.validation();
        if (validation == null || validation.predictedPerClass() == null || validation.confidenceBins() == null) {
            return Optional.empty();
        }
        List<Long> classes = Objects.requireNonNull(validation.predictedPerClass());
        List<Long> bins = Objects.requireNonNull(validation.confidenceBins());
        return Optional.of(new Baseline(classes, bins, validation.temperature(), validation.accuracy()));
    }

    /** Returns the record that announces that a process classifies with the model from this time on. */
    static ModelRelease release(ModelCard card, Instant startedAt) {
        return new ModelRelease(
                card.name(),
                card.version(),
                card.sha256(),
                startedAt,
                of(card).map(baseline -> {
                            ModelCard.Evaluation validation = Objects.requireNonNull(card.validation());
                            return new ValidationBaseline(
                                    (long) validation.images(),
                                    validation.accuracy(),
                                    baseline.predictedPerClass(),
                                    baseline.confidenceBins(),
                                    validation.temperature());
                        })
                        .orElse(null));
    }
}
