package digitstream.classify;

import digitstream.avro.DigitImage;
import digitstream.common.Digits;
import digitstream.common.EventTimeRange;
import digitstream.common.InferencePrecision;
import digitstream.settings.ClassifySettings;
import digitstream.settings.Topics;
import digitstream.testing.PlainAvro;
import digitstream.testing.TopologyDescriptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The names of stores and internal topics are API: state of an older version is found by them. */
class ClassifyTopologyDescriptionTest {
    @Test
    void keepsTheNamesOfItsStoresProcessorsAndInternalTopics() {
        TopologyDescriptions.assertSame(
                "classify",
                new ClassifyTopology(
                                Topics.DEFAULT,
                                new ClassifySettings(
                                        256,
                                        Duration.ofMillis(5),
                                        Duration.ofMillis(60),
                                        InferencePrecision.AUTO,
                                        EventTimeRange.DEFAULT),
                                1_000_000,
                                Digits.SIDE,
                                Digits.SIDE,
                                () -> {
                                    throw new AssertionError("a description needs no model");
                                },
                                () -> PlainAvro.decoder(DigitImage.class),
                                new byte[0],
                                new ClassifyMetrics(new SimpleMeterRegistry()),
                                Clock.systemUTC())
                        .build());
    }
}
