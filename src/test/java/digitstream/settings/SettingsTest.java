package digitstream.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import digitstream.common.EventTimeRange;
import digitstream.common.InferencePrecision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void hasDefaultsForEverything() {
        Settings settings = Settings.parse(Map.of());
        assertThat(settings.topics()).isEqualTo(Topics.DEFAULT);
        assertThat(settings.classify())
                .isEqualTo(new ClassifySettings(
                        256,
                        Duration.ofMillis(10),
                        Duration.ofMillis(90),
                        InferencePrecision.AUTO,
                        EventTimeRange.DEFAULT));
        assertThat(settings.score().windows()).containsOnlyKeys("1m", "10m", "1h");
    }

    /** Metrics and alerts name the bounds of the verdict by these settings. */
    @Test
    void namesEachBoundOfTheVerdictByItsSetting() {
        Map<String, String> given = new HashMap<>();
        Map<String, Double> expected = new HashMap<>();
        for (String name : Settings.names()) {
            if (name.startsWith("verdict.")) {
                boolean isRatio = VerdictSettings.DEFAULT.bySetting().getOrDefault(name, 1.0) < 1;
                double value = isRatio ? (given.size() + 1) / 100.0 : given.size() + 1;
                given.put(name, isRatio ? Double.toString(value) : Long.toString((long) value));
                expected.put(name, value);
            }
        }
        assertThat(given).hasSizeGreaterThan(10);
        assertThat(Settings.parse(given).verdict().bySetting()).isEqualTo(expected);
    }

    @Test
    void reportsAllFaultsAtOnce() {
        assertThatThrownBy(() -> Settings.parse(Map.of(
                        "batch.max.size", "0",
                        "batch.max.delay.ms", "soon",
                        "inference.precision", "float16",
                        "topic.labels", "digits.images",
                        "topics.replication.factor", "0",
                        "accuracy.windows", "1m,often",
                        "unmatched.retention.ms", "-1",
                        "accuracy.drawn.digits", "yes",
                        "batch.max.sise", "3",
                        "score.application.id", "digitstream-classify")))
                .asInstanceOf(type(InvalidSettingsException.class))
                .satisfies(invalid -> assertThat(String.join("\n", invalid.faults()))
                        .contains(
                                "batch.max.size is '0'",
                                "batch.max.delay.ms is 'soon'",
                                "inference.precision is 'float16'; set it to auto or float32",
                                "topic.* settings name the topic 'digits.images'",
                                "topics.replication.factor is 0",
                                "accuracy.windows contains 'often'",
                                "unmatched.retention.ms is '-1'",
                                "accuracy.drawn.digits is 'yes'; set it to true or false",
                                "batch.max.sise is not a setting",
                                "score.application.id are both"));
    }

    @Test
    void rejectsALevelThatDecidesAlwaysOrNever() {
        for (String alpha : List.of("0", "1", "-0.1", "NaN", "five percent")) {
            assertThatThrownBy(() -> Settings.parse(Map.of("challenge.alpha", alpha)))
                    .as(alpha)
                    .hasMessageContaining("challenge.alpha is ");
        }
        ChallengeSettings challenge = Settings.parse(Map.of(
                        "challenge.alpha", "0.01",
                        "challenge.max.challengers", "3",
                        "topic.accuracy.retention.ms", "1000"))
                .challenge();
        assertThat(challenge).isEqualTo(new ChallengeSettings(0.01, 3, Duration.ofSeconds(1)));
    }

    @Test
    void rejectsAWindowThatIsNotAMultipleOfTheBucket() {
        assertThatThrownBy(() -> Settings.parse(Map.of("accuracy.windows", "15s")))
                .hasMessageContaining("accuracy.windows contains '15s'")
                .hasMessageContaining("accuracy.bucket.ms");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "accuracy.windows=0s | accuracy.windows contains '0s'; a window must be a multiple",
                "accuracy.windows=-1m | accuracy.windows contains '-1m'",
                "accuracy.windows=999999999d | at most 3000 buckets are kept; set accuracy.bucket.ms to 28799999971200",
                "accuracy.windows=9999999999d | accuracy.windows contains '9999999999d'",
                "accuracy.windows=7d | '7d', which is 60480 times accuracy.bucket.ms (10000); at most 3000 buckets are kept;"
                        + " set accuracy.bucket.ms to 201600",
                "accuracy.windows=1m,7d | set accuracy.bucket.ms to 201600 or more, and remove the windows that are not a"
                        + " multiple of it",
                "accuracy.bucket.ms=0 | accuracy.bucket.ms is '0'",
                "accuracy.bucket.ms=1 | accuracy.windows contains '1h', which is 3600000 times accuracy.bucket.ms (1)",
                "accuracy.bucket.ms=9223372036854775808 | accuracy.bucket.ms is '9223372036854775808'",
                "unmatched.retention.ms=0 | unmatched.retention.ms is '0'",
                "unmatched.retention.ms=9223372036854775807 | unmatched.retention.ms is '9223372036854775807'",
                "event.time.min=yesterday | event.time.min is 'yesterday'; set it to a date like 2000-01-01",
                "event.time.min=2000-13-01 | event.time.min is '2000-13-01'",
                "event.time.min=-0001-01-01T00:00:00Z | event.time.min is '-0001-01-01T00:00:00Z'",
                "event.time.min=+999999-01-01T00:00:00Z | event.time.min is '+999999-01-01T00:00:00Z'",
                "event.time.min=946684800000 | event.time.min is '946684800000'",
                "event.time.max.ahead.ms=-1 | event.time.max.ahead.ms is '-1'",
                "event.time.maximum=1 | event.time.maximum is not a setting"
            })
    void rejectsAValueOutsideItsRangeAndSaysWhichOneToSet(String setting, String fault) {
        String[] nameAndValue = setting.split("=", 2);
        assertThatThrownBy(() -> Settings.parse(Map.of(nameAndValue[0], nameAndValue[1])))
                .hasMessageContaining(fault);
    }

    @Test
    void suggestsABucketThatWorks() {
        assertThat(Settings.parse(Map.of("accuracy.windows", "7d", "accuracy.bucket.ms", "201600"))
                        .score()
                        .bucket())
                .isEqualTo(Duration.ofMillis(201_600));
        assertThat(Settings.parse(Map.of("accuracy.windows", "1h,1d", "accuracy.bucket.ms", "30000"))
                        .score()
                        .windows())
                .containsOnlyKeys("1h", "1d");
    }

    @Test
    void readsTheRangeOfEventTimesForBothTopologies() {
        Settings settings = Settings.parse(
                Map.of("event.time.min", "1995-06-01", "event.time.max.ahead.ms", "60000", "topics.partitions", "2"));
        assertThat(settings.score().eventTimes())
                .isEqualTo(new EventTimeRange(Instant.parse("1995-06-01T00:00:00Z"), Duration.ofMinutes(1)))
                .isEqualTo(settings.classify().eventTimes());
        assertThat(Settings.parse(Map.of("event.time.min", "2020-01-01T01:00:00+01:00"))
                        .score()
                        .eventTimes()
                        .earliest())
                .isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
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
