package digitstream.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void hasDefaultsForEverything() {
        Settings settings = Settings.parse(Map.of());
        assertThat(settings.topics()).isEqualTo(Topics.DEFAULT);
        assertThat(settings.classify()).isEqualTo(new ClassifySettings(256, Duration.ofMillis(20)));
        assertThat(settings.score().windows()).containsOnlyKeys("1m", "10m", "1h");
    }

    @Test
    void reportsAllFaultsAtOnce() {
        assertThatThrownBy(() -> Settings.parse(Map.of(
                        "batch.max.size", "0",
                        "batch.max.delay.ms", "soon",
                        "topic.labels", "digits.images",
                        "topics.replication.factor", "0",
                        "accuracy.windows", "1m,often",
                        "unmatched.retention.ms", "-1",
                        "batch.max.sise", "3",
                        "score.application.id", "digitstream-classify")))
                .asInstanceOf(type(InvalidSettingsException.class))
                .satisfies(invalid -> assertThat(String.join("\n", invalid.faults()))
                        .contains(
                                "batch.max.size is '0'",
                                "batch.max.delay.ms is 'soon'",
                                "topic.* settings name the topic 'digits.images'",
                                "topics.replication.factor is 0",
                                "accuracy.windows contains 'often'",
                                "unmatched.retention.ms is '-1'",
                                "batch.max.sise is not a setting",
                                "score.application.id are both"));
    }

    @Test
    void rejectsAWindowThatIsNotAMultipleOfTheBucket() {
        assertThatThrownBy(() -> Settings.parse(Map.of("accuracy.windows", "15s")))
                .hasMessageContaining("accuracy.windows contains '15s'")
                .hasMessageContaining("accuracy.bucket.ms");
    }

    @Test
    void passesKafkaSettingsToTheRightTopology() {
        Settings settings = Settings.parse(
                Map.of("security.protocol", "SSL", "num.stream.threads", "3", "classify.num.stream.threads", "5"));
        assertThat(settings.streams(Settings.CLASSIFY_PREFIX))
                .containsEntry("num.stream.threads", "5")
                .containsEntry("security.protocol", "SSL");
        assertThat(settings.streams(Settings.SCORE_PREFIX)).containsEntry("num.stream.threads", "3");
    }
}
