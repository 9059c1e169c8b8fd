package digitstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.monitoring.AlertRules;
import digitstream.monitoring.AlertRules.Alert;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The alerts, and the sections of docs/operating.md that they link to. */
class RunbookTest {
    private static final String PAGE = "docs/operating.md";

    private final Markdown page = Markdown.read(PAGE);
    private final Map<String, List<Alert>> alerts =
            AlertRules.read().stream().collect(Collectors.groupingBy(Alert::name, TreeMap::new, Collectors.toList()));

    RunbookTest() throws IOException {}

    @Test
    void eachAlertLinksToItsSection() {
        assertThat(alerts).hasSizeGreaterThanOrEqualTo(20).allSatisfy((name, ofName) -> assertThat(ofName)
                .extracting(Alert::runbookUrl)
                .containsOnly("{{ $externalURL }}/user/docs/runbook.html#" + name.toLowerCase(Locale.ROOT)));
        assertThat(page.headingsBetween("Alerts", "Grafana")).isEqualTo(alerts.keySet());
    }

    @Test
    void eachSectionSaysHowSevereItIsAndWhatToDo() {
        assertThat(alerts).allSatisfy((name, ofName) -> {
            Set<String> severities = new TreeSet<>();
            ofName.forEach(alert -> severities.addAll(alert.severities()));
            assertThat(page.section(name.toLowerCase(Locale.ROOT)))
                    .as(name)
                    .anyMatch(line -> line.toLowerCase(Locale.ROOT).startsWith(String.join(" or ", severities) + ". "))
                    .anyMatch(line -> line.startsWith("Likely cause"))
                    .anyMatch(line -> line.startsWith("1. "));
        });
    }
}
