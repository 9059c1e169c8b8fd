package digitstream.release;

import digitstream.accuracy.Baseline;
import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.avro.ValidationBaseline;
import digitstream.model.ModelCard;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes releases of models, with the expected distribution of their predictions from their cards. */
public final class CardReleases {
    private CardReleases() {}

    /**
     * Returns the baseline of the model's validation, or empty if the card has none, which is so for a model of another origin
     * or of an older release.
     */
    public static Optional<Baseline> baseline(ModelCard card) {
        ModelCard.Evaluation validation = card.validation();
        if (validation == null || validation.predictedPerClass() == null || validation.confidenceBins() == null) {
            return Optional.empty();
        }
        List<Long> classes = Objects.requireNonNull(validation.predictedPerClass());
        List<Long> bins = Objects.requireNonNull(validation.confidenceBins());
        return Optional.of(new Baseline(classes, bins, validation.temperature(), validation.accuracy()));
    }

    /**
     * Returns the release of a model.
     *
     * @param uri the folder of the artifact
     * @param replaced for a champion, the key of the release that a rollback returns to
     */
    public static ModelRelease release(
            ModelCard card, URI uri, ReleaseRole role, @Nullable String replaced, String by, String reason) {
        return ModelRelease.newBuilder()
                .setModelName(card.name())
                .setModelVersion(card.version())
                .setSha256(card.sha256())
                .setStartedAt(Instant.now())
                .setValidation(baseline(card)
                        .map(baseline -> {
                            ModelCard.Evaluation validation = Objects.requireNonNull(card.validation());
                            return new ValidationBaseline(
                                    (long) validation.images(),
                                    validation.accuracy(),
                                    baseline.predictedPerClass(),
                                    baseline.confidenceBins(),
                                    validation.temperature());
                        })
                        .orElse(null))
                .setUri(uri.toString())
                .setRole(role)
                .setReplaced(replaced)
                .setReleasedBy(by)
                .setReason(reason)
                .build();
    }
}
