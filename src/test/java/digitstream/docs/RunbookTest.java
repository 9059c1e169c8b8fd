package digitstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The alerts, and the sections of docs/operating.md that they link to. */
class RunbookTest {
    private static final String PAGE = "docs/operating.md";

    private final Markdown page = Markdown.read(PAGE);
    private final Map<String, JsonNode> alerts = alerts();

    RunbookTest() throws IOException {}

    private static Map<String, JsonNode> alerts() throws IOException {
        Map<String, JsonNode> alerts = new TreeMap<>();
        for (JsonNode group : new YAMLMapper()
                .readTree(Path.of("monitoring/prometheus/digitstream.rules.yml").toFile())
                .path("groups")) {
            for (JsonNode rule : group.path("rules")) {
                if (rule.has("alert")) {
                    alerts.put(rule.path("alert").asText(), rule);
                }
            }
        }
        return alerts;
    }

    @Test
    void eachAlertLinksToItsSection() {
        assertThat(alerts).hasSizeGreaterThanOrEqualTo(12).allSatisfy((name, alert) -> assertThat(
                        alert.path("annotations").path("runbook_url").asText())
                .isEqualTo("{{ $externalURL }}/user/" + PAGE + "#" + name.toLowerCase(Locale.ROOT)));
        assertThat(page.headingsBetween("Alerts", "Grafana")).isEqualTo(alerts.keySet());
    }

    @Test
    void eachSectionSaysHowSevereItIsAndWhatToDo() {
        assertThat(alerts).allSatisfy((name, alert) -> {
            String severity = alert.path("labels").path("severity").asText();
            assertThat(page.section(name.toLowerCase(Locale.ROOT)))
                    .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith(severity + ". "))
                    .anyMatch(line -> line.startsWith("Likely cause"))
                    .anyMatch(line -> line.startsWith("1. "));
        });
    }
}
