package digitstream.serve;

import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelCard;
import digitstream.release.CardReleases;
import digitstream.release.ReleaseLog;
import digitstream.release.ReleaseTopic;
import digitstream.release.Releaser;
import java.util.List;
import java.util.Optional;

/**
 * The model with which a process starts to classify.
 *
 * @param champion its release
 * @param artifact its artifact if it was given; otherwise it is where the release says
 * @param note why another model was given but is not served
 */
record FirstModel(ReleaseLog.Entry champion, Optional<ModelArtifact> artifact, Optional<String> note) {

    /**
     * Chooses a model. A given one becomes the champion if it is new. If its version was released before, the releases decide: a
     * restart with an old command line must not undo a promotion.
     *
     * @throws ServeException if there is no model
     */
    static FirstModel choose(ReleaseTopic topic, ReleaseLog log, Optional<ModelArtifact> given)
            throws InterruptedException {
        Optional<ReleaseLog.Entry> champion = log.champion();
        if (given.isEmpty()) {
            return new FirstModel(
                    champion.orElseThrow(() -> new ServeException("there is no model: the topic " + topic.topic()
                            + " has no champion; train a model with `digitstream train`, or set --model to the folder of"
                            + " a model")),
                    Optional.empty(),
                    Optional.empty());
        }
        ModelCard card = given.get().card();
        String key = ReleaseLog.key(card.name(), card.version());
        if (champion.isPresent() && isOf(champion.get().release(), card)) {
            return new FirstModel(champion.get(), given, Optional.empty());
        }
        boolean known = log.of(key)
                .map(ReleaseLog.Entry::release)
                .filter(release -> isOf(release, card))
                .isPresent();
        if (known && champion.isPresent()) {
            return new FirstModel(
                    champion.get(),
                    Optional.empty(),
                    Optional.of("Serving " + champion.get().key() + ", which was promoted after " + key
                            + " was released. To serve " + key + ", run `digitstream models promote " + key + "`."));
        }
        topic.write(List.of(CardReleases.release(
                card,
                given.get().directory().toAbsolutePath().toUri(),
                ReleaseRole.CHAMPION,
                champion.map(ReleaseLog.Entry::key).orElse(null),
                Releaser.name(),
                "started with `serve`")));
        // Its offset is known from the topic only; another process may have released one at the same time.
        ReleaseLog now = topic.read();
        ReleaseLog.Entry first = now.champion().orElseThrow();
        return new FirstModel(first, isOf(first.release(), card) ? given : Optional.empty(), Optional.empty());
    }

    private static boolean isOf(ModelRelease release, ModelCard card) {
        return release.getModelName().equals(card.name())
                && release.getModelVersion().equals(card.version())
                && release.getSha256().equals(card.sha256());
    }
}
