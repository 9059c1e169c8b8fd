package digitstream.score;

import digitstream.avro.Accuracy;
import digitstream.avro.DigitLabel;
import digitstream.avro.ModelComparison;
import digitstream.avro.Prediction;
import digitstream.settings.ChallengeSettings;
import digitstream.settings.ScoreSettings;
import digitstream.settings.Topics;
import digitstream.testing.PlainAvro;
import digitstream.testing.TopologyDescriptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** The names of stores and internal topics are API: state of an older version is found by them. */
class ScoreTopologyDescriptionTest {
    @Test
    void keepsTheNamesOfItsStoresProcessorsAndInternalTopics() {
        TopologyDescriptions.assertSame(
                "score",
                new ScoreTopology(
                                Topics.DEFAULT,
                                ScoreSettings.DEFAULT,
                                ChallengeSettings.DEFAULT,
                                1_000_000,
                                4,
                                () -> PlainAvro.decoder(Prediction.class),
                                () -> PlainAvro.decoder(DigitLabel.class),
                                PlainAvro.serializer(Accuracy.class),
                                PlainAvro.serializer(ModelComparison.class),
                                new ScoreMetrics(new SimpleMeterRegistry()))
                        .build());
    }
}
