package digitstream.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.Settings;
import digitstream.settings.VerdictSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class VerdictMetricsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicReference<Verdict> latest = new AtomicReference<>(new Verdict(Level.OK, 1, List.of()));

    /** The gauges that are 1, by their tags. */
    private List<String> set(String name) {
        return meters.find(name).gauges().stream()
                .filter(gauge -> gauge.value() == 1)
                .map(VerdictMetricsTest::tags)
                .sorted()
                .toList();
    }

    private static String tags(Gauge gauge) {
        Map<String, String> tags = new TreeMap<>();
        gauge.getId().getTags().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
        return tags.toString();
    }

    @Test
    void exportsTheLevelAndTheFindingsOfTheLatestVerdict() {
        VerdictMetrics.registerVerdict(meters, latest::get, () -> 1_500);
        assertThat(set("digits.verdict.level")).containsExactly("{level=ok}");
        assertThat(set("digits.verdict.finding")).isEmpty();
        latest.set(new Verdict(
                Level.CRITICAL,
                1,
                List.of(
                        new Finding("accuracy-low", Level.CRITICAL, "Accuracy 29.9 %", 1),
                        new Finding("dead-letters", Level.WARNING, "1 dead letter", 1))));
        assertThat(set("digits.verdict.level")).containsExactly("{level=critical}");
        assertThat(set("digits.verdict.finding"))
                .containsExactly("{level=critical, rule=accuracy-low}", "{level=warning, rule=dead-letters}");
        assertThat(meters.get("digits.verdict.timestamp").gauge().value()).isEqualTo(1.5);
    }

    /** {@code serve --dashboard} registers the bounds of the process and those of the dashboard, which are the same. */
    @Test
    void exportsEachBoundOnceAsItIsSet() {
        VerdictSettings bounds = Settings.parse(Map.of("verdict.accuracy.min", "0.9", "verdict.no.labels.ms", "60000"))
                .verdict();
        VerdictMetrics.registerBounds(meters, bounds);
        VerdictMetrics.registerBounds(meters, bounds);
        Map<String, Double> exported = new TreeMap<>();
        for (Gauge gauge : meters.find("digits.verdict.bound").gauges()) {
            exported.put(gauge.getId().getTag("setting"), gauge.value());
        }
        assertThat(exported)
                .isEqualTo(bounds.bySetting())
                .containsEntry("verdict.accuracy.min", 0.9)
                .containsEntry("verdict.no.labels.ms", 60_000.0);
    }
}
