package digitstream.score;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.accuracy.AccuracyCounts;
import digitstream.accuracy.ImageState;
import digitstream.accuracy.ImageState.Label;
import digitstream.accuracy.ImageState.Predicted;
import digitstream.accuracy.LabelOutcomes;
import digitstream.accuracy.ModelVersion;
import digitstream.accuracy.Role;
import digitstream.settings.ScoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of unmatched predictions and labels as time passes, also across restarts and an upgrade. */
class ExpiryTest {
    private static final ModelVersion V1 = new ModelVersion("m", "1");
    private static final ModelVersion V2 = new ModelVersion("m", "2");
    private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    /** With buckets of a minute. */
    private static final ScoreSettings SETTINGS = ScoreSettings.DEFAULT;

    private static final Duration RETENTION = SETTINGS.unmatchedRetention();
    private static final Duration BUCKET = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private static Predicted predicted(ModelVersion model, int digit) {
        return new Predicted(model, digit, 0.9f, START, START, Role.CHAMPION);
    }

    @Test
    void expiresABucketOnceItsEndIsOlderThanTheRetentionAlsoAfterARestart() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            partition.event("predicted", predicted(V1, 3));
            partition.event("labelled", new Label(3, START));
            partition.pass(RETENTION);
            assertThat(partition.counts(V1).pending()).isEqualTo(1);
            partition.restart();
            partition.pass(BUCKET.minusMillis(1));
            assertThat(partition.counts(V1).pending()).isEqualTo(1);
            partition.pass(Duration.ofMillis(1));

            assertThat(partition.counts(V1).expired()).isEqualTo(1);
            assertThat(partition.labels()).isEqualTo(new LabelOutcomes(1, 0, 0, 1, 0, 0));
            partition.restart();
            partition.event("predicted", new Label(3, START));
            partition.commit();
            assertThat(partition.counts(V1).labelled()).isZero();
            assertThat(partition.labels()).isEqualTo(new LabelOutcomes(2, 0, 1, 1, 0, 0));
        }
    }

    @Test
    void acceptsACorrectionUntilTheStateExpires() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            partition.event("a", predicted(V1, 3));
            partition.event("b", predicted(V1, 3));
            partition.event("a", new Label(3, START));
            partition.event("b", new Label(3, START));
            partition.pass(RETENTION.plus(BUCKET).minusMillis(1));
            partition.event("a", new Label(4, START + 1));
            partition.pass(Duration.ofMillis(1));
            partition.event("b", new Label(4, START + 1));
            partition.commit();

            assertThat(partition.counts(V1).labelled()).isEqualTo(2);
            assertThat(partition.counts(V1).correct()).isEqualTo(1);
            assertThat(partition.labels()).isEqualTo(new LabelOutcomes(4, 2, 1, 0, 0, 1));
            // The correction was in a newer bucket.
            partition.pass(RETENTION.minusMillis(1));
            partition.event("a", new Label(5, START + 2));
            partition.commit();
            assertThat(partition.labels().corrected()).isEqualTo(2);
        }
    }

    @Test
    void dropsTheStatesThatHaveExpired() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            partition.event("a", predicted(V1, 3));
            partition.commit();
            assertThat(partition.stored("a")).isNotNull();
            partition.pass(RETENTION.plus(BUCKET));
            assertThat(partition.stored("a")).isNull();
        }
    }

    @Test
    void losesNothingThatWasCommittedAndKeepsNothingThatWasNot() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            partition.event("a", predicted(V1, 3));
            partition.commit();
            partition.event("b", predicted(V1, 3));
            partition.restart();
            assertThat(partition.stored("a")).isNotNull();
            assertThat(partition.stored("b")).isNull();
        }
    }

    @Test
    void goesOnWhenTheClockIsSetBack() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            partition.event("a", predicted(V1, 3));
            partition.pass(RETENTION.plus(BUCKET));
            partition.pass(RETENTION.multipliedBy(3).negated());
            partition.event("b", predicted(V1, 3));
            partition.pass(Duration.ofSeconds(1));
            partition.event("b", new Label(3, START));
            partition.commit();
            assertThat(partition.counts(V1).expired()).isEqualTo(1);
            assertThat(partition.counts(V1).labelled()).isEqualTo(1);
        }
    }

    @Test
    void takesOverTheStatesOfAnOlderVersion() {
        try (ScoredPartition partition = new ScoredPartition(folder, SETTINGS, START)) {
            // What the older version has counted.
            for (String id : List.of("label comes at once", "label comes later", "label never comes")) {
                partition.event("of the older version: " + id, predicted(V1, 3));
            }
            partition.commit();
            partition.pass(RETENTION.plus(BUCKET));
            long expired = partition.counts(V1).expired();
            ImageState older = new ImageState(null, List.of(predicted(V1, 3)), partition.now() - 1_234);
            partition.older("label comes at once", older);
            partition.older("label comes later", older);
            partition.older("label never comes", older);
            partition.older("matched", new ImageState(new Label(3, 1), List.of(predicted(V1, 3)), partition.now()));
            partition.restart();

            partition.event("label comes at once", new Label(3, START));
            partition.pass(Duration.ofSeconds(1));
            partition.restart();
            partition.event("label comes later", new Label(3, START));
            partition.event("matched", new Label(4, START));
            partition.commit();
            assertThat(partition.counts(V1).expired()).isEqualTo(expired);
            assertThat(partition.labels()).isEqualTo(new LabelOutcomes(3, 2, 0, 0, 0, 1));

            partition.pass(RETENTION.plus(BUCKET));
            assertThat(partition.counts(V1).expired()).isEqualTo(expired + 1);
            assertThat(partition.stored("label never comes")).isNull();
        }
    }

    /** Sees all states at once, and looks at each to find out whether it has expired. */
    private static final class Oracle {
        private final ArrivalBuckets arrival = ArrivalBuckets.of(SETTINGS);
        private final Map<String, ImageState> states = new HashMap<>();
        private final PendingCounts sums = new PendingCounts();

        void event(String id, ImageState.Event event, long now) {
            states.put(id, states.getOrDefault(id, ImageState.unknown()).after(event, arrival.endOf(now), sums));
        }

        void expire(long now) {
            states.values().removeIf(state -> {
                boolean expired = state.isExpired(arrival.expiredTo(now));
                if (expired && state.label() == null) {
                    state.predictions()
                            .forEach(prediction -> sums.counts(prediction.model(), prediction.bucketStartMillis())
                                    .addExpired());
                } else if (expired && state.predictions().isEmpty()) {
                    sums.labels(LabelOutcomes.orphaned(1));
                }
                return expired;
            });
        }

        AccuracyCounts counts(ModelVersion model) {
            return sums.counts(model, START);
        }
    }

    @Property(tries = 12)
    void countsTheSameAsAnOracleThatLooksAtEveryState(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path state = Files.createTempDirectory("expiry");
        Oracle oracle = new Oracle();
        try (ScoredPartition partition = new ScoredPartition(state, SETTINGS, START)) {
            for (int i = 0; i < 150; i++) {
                String id = "i" + random.nextInt(8);
                switch (random.nextInt(12)) {
                    case 0 -> {
                        partition.pass(Duration.ofMillis(random.nextLong(RETENTION.toMillis() / 2)));
                        oracle.expire(partition.now());
                    }
                    case 1 -> partition.commit();
                    case 2 -> {
                        partition.commit();
                        partition.restart();
                    }
                    default -> {
                        ImageState.Event event = random.nextBoolean()
                                ? new Label(random.nextInt(10), START + random.nextInt(10))
                                : predicted(random.nextBoolean() ? V1 : V2, random.nextInt(10));
                        partition.event(id, event);
                        oracle.event(id, event, partition.now());
                    }
                }
            }
            partition.commit();
            assertThat(partition.labels()).isEqualTo(oracle.sums.labels());
            for (ModelVersion model : List.of(V1, V2)) {
                assertThat(partition.counts(model)).isEqualTo(oracle.counts(model));
            }
        } finally {
            Utils.delete(state.toFile());
        }
    }
}
