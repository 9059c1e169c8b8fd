package digitstream.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.settings.InvalidSettingsException;
import digitstream.settings.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsConfigurationTest {
    @Test
    void commitsThreeTimesPerLatencyTargetUnlessPredictionsAreReadableAtOnce() {
        assertThat(StreamsConfiguration.polling(Settings.parse(Map.of("latency.target.ms", "150")))
                        .commitInterval())
                .contains(Duration.ofMillis(50));
        assertThat(StreamsConfiguration.polling(
                                Settings.parse(Map.of("classify.processing.guarantee", "at_least_once")))
                        .commitInterval())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"score.processing.guarantee", "processing.guarantee"})
    void readsCommittedRecordsOnlyWithAtLeastOnceAsWell(String setting) {
        Properties score = StreamsConfiguration.score(Settings.parse(Map.of(setting, "at_least_once")), Map.of());
        assertThat(score).containsEntry("consumer.isolation.level", "read_committed");
        // Kafka Streams sets it itself, and warns of a configuration that does.
        assertThat(StreamsConfiguration.score(Settings.parse(Map.of()), Map.of()))
                .doesNotContainKey("consumer.isolation.level");
    }

    @ParameterizedTest
    @CsvSource({"isolation.level", "consumer.isolation.level", "main.consumer.isolation.level"})
    void leavesTheIsolationLevelToTheUser(String setting) {
        Properties all = StreamsConfiguration.classify(
                Settings.parse(Map.of("processing.guarantee", "at_least_once", setting, "read_uncommitted")), Map.of());
        assertThat(all).containsEntry(setting, "read_uncommitted").doesNotContainValue("read_committed");
    }

    @Test
    void aDeadLetterIsNoLargerThanTheProducerOfItsTopologySends() {
        assertThat(largestDeadLetter(Map.of())).isEqualTo(1_000_000);
        assertThat(largestDeadLetter(Map.of("dead.letters.max.bytes", "20000"))).isEqualTo(20_000);
        assertThat(largestDeadLetter(Map.of("dead.letters.max.bytes", "3000000")))
                .isLessThan(1_048_576);
        assertThat(largestDeadLetter(
                        Map.of("dead.letters.max.bytes", "3000000", "classify.producer.max.request.size", "4000000")))
                .isEqualTo(3_000_000);
        assertThat(largestDeadLetter(Map.of("max.request.size", "500000"))).isBetween(490_000, 499_999);
        assertThatThrownBy(() -> largestDeadLetter(Map.of("producer.max.request.size", "5000")))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("producer.max.request.size is 5000; set it to 11000 or more");
    }

    private static int largestDeadLetter(Map<String, String> given) {
        return StreamsConfiguration.maxDeadLetterBytes(Settings.parse(given), Settings.CLASSIFY_PREFIX);
    }
}
