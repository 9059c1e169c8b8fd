package digitstream.serve;

import digitstream.accuracy.Baseline;
import digitstream.avro.ModelRelease;
import digitstream.avro.ValidationBaseline;
import digitstream.model.ModelCard;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a model's card says that its stream is expected to look like: for this process, and for those who watch. */
final class Baselines {
    private Baselines() {}

    /** Empty where the card does not tell: of a model from elsewhere, or from an older release. */
    static Optional<Baseline> of(ModelCard card) {
        ModelCard.Evaluation validation = card.validation();
        if (validation == null || validation.predictedPerClass() == null || validation.confidenceBins() == null) {
            return Optional.empty();
        }
        List<Long> classes = Objects.requireNonNull(validation.predictedPerClass());
        List<Long> bins = Objects.requireNonNull(validation.confidenceBins());
        return Optional.of(new Baseline(classes, bins, validation.temperature()));
    }

    /** What others are told when a process begins to classify with the model. */
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
