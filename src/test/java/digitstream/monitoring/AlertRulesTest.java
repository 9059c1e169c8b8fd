package digitstream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.accuracy.Drift;
import digitstream.dashboard.StreamStatus;
import digitstream.monitoring.AlertRules.Alert;
import digitstream.monitoring.AlertRules.Possible;
import digitstream.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The rules and bounds of the verdict are one source: those of the code, the settings, the alerts and the reference are the same. */
class AlertRulesTest {
    private static final String SUBSTITUTES = "digitstream-without-dashboard";
    private static final Pattern COMPARISON = Pattern.compile("(?:[<>]=?|[=!]=) *([0-9.]+)");
    private static final Pattern BOUND = Pattern.compile("digits_verdict_bound\\{setting=\"([^\"]+)\"\\}");

    private final List<Alert> alerts = AlertRules.read();

    AlertRulesTest() throws IOException {}

    private List<Alert> in(String group) {
        return alerts.stream().filter(alert -> alert.group().equals(group)).toList();
    }

    private static Set<String> names(List<Alert> alerts) {
        return alerts.stream().map(Alert::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void eachFindingOfTheVerdictMakesOneAlertFire() {
        List<Possible> alerted = new ArrayList<>();
        for (Alert alert : in(AlertRules.VERDICT)) {
            assertThat(alert.findings()).as(alert.name()).isNotEmpty();
            alerted.addAll(alert.findings());
        }
        assertThat(alerted).hasSizeGreaterThan(12).containsExactlyInAnyOrderElementsOf(AlertRules.possible());
    }

    /** The one finding that no rule has made: {@code status} cannot even begin to watch. */
    @Test
    void statusWithoutBrokersNamesARuleOfTheVerdict() {
        assertThat(StreamStatus.withoutBrokers("the brokers do not respond")
                        .verdict()
                        .findings())
                .singleElement()
                .satisfies(finding -> assertThat(AlertRules.possible())
                        .contains(new Possible(finding.rule(), finding.level().code())));
    }

    /** 500 predictions are what a drift index needs, which is no bound of the verdict. */
    @Test
    void noAlertHasABoundOfItsOwn() {
        for (Alert alert : in(SUBSTITUTES)) {
            Set<String> numbers = new TreeSet<>();
            for (Matcher comparison = COMPARISON.matcher(alert.expression()); comparison.find(); ) {
                numbers.add(comparison.group(1));
            }
            assertThat(Set.of("0", Long.toString(Drift.MIN_IMAGES)))
                    .as(alert.name())
                    .containsAll(numbers);
        }
        Set<String> read = new TreeSet<>();
        for (Alert alert : alerts) {
            for (Matcher bound = BOUND.matcher(alert.expression()); bound.find(); ) {
                read.add(bound.group(1));
            }
        }
        assertThat(read).hasSizeGreaterThan(5).isSubsetOf(AlertRules.bounds());
    }

    @Test
    void whileADashboardJudgesNoSubstituteFires() {
        assertThat(in(SUBSTITUTES)).hasSizeGreaterThan(5).allSatisfy(alert -> assertThat(
                        alert.expression().strip())
                .endsWith("\nunless on ()\ndigits:verdict_judges:count"));
        assertThat(names(in(AlertRules.VERDICT))).containsAll(names(in(SUBSTITUTES)));
    }

    /** Otherwise an alert of one stream would silence those of another. */
    @Test
    void anAlertSilencesAlertsOfItsOwnStreamOnly() throws IOException {
        JsonNode rules = AlertRules.yaml("../alertmanager/alertmanager.yml").path("inhibit_rules");
        assertThat(rules).hasSizeGreaterThan(4).allSatisfy(rule -> assertThat(rule.path("equal"))
                .extracting(JsonNode::asText)
                .contains("cluster"));
        Set<String> names = names(alerts);
        for (JsonNode rule : rules) {
            for (String side : List.of("source_matchers", "target_matchers")) {
                Matcher named = Pattern.compile("Digitstream[A-Za-z]+")
                        .matcher(rule.path(side).toString());
                while (named.find()) {
                    assertThat(names).contains(named.group());
                }
            }
        }
    }

    /** Without keep_firing_for, a restart of the dashboard would resolve its alerts. */
    @Test
    void theAlertsOnTheVerdictOutlastARestart() throws IOException {
        JsonNode group = AlertRules.yaml("digitstream.rules.yml").path("groups").path(0);
        assertThat(group.path("name").asText()).isEqualTo(AlertRules.VERDICT);
        assertThat(group.path("rules")).filteredOn(rule -> rule.has("alert")).allSatisfy(rule -> assertThat(
                        rule.path("keep_firing_for").asText())
                .isEqualTo("5m"));
    }

    /** Those that expect nothing would pass without the alert. */
    @Test
    void eachAlertHasATestInWhichItFires() throws IOException {
        Set<String> fired = new TreeSet<>();
        for (String file : List.of("digitstream.rules.test.yml", "digitstream.verdict.test.yml")) {
            for (JsonNode test : AlertRules.yaml(file).path("tests")) {
                for (JsonNode expected : test.path("alert_rule_test")) {
                    if (!expected.path("exp_alerts").isEmpty()) {
                        fired.add(expected.path("alertname").asText());
                    }
                }
            }
        }
        assertThat(fired).isEqualTo(names(alerts));
    }

    /** An asterisk marks those that have a substitute. */
    @Test
    void theRunbookListsTheAlertsByWhatTheyRead() throws IOException {
        Set<String> substitutes = names(in(SUBSTITUTES));
        Set<String> verdict = names(in(AlertRules.VERDICT)).stream()
                .map(name -> substitutes.contains(name) ? name + "*" : name)
                .collect(Collectors.toSet());
        assertThat(listed("by a rule of the verdict")).isEqualTo(verdict);
        assertThat(listed("by what only Prometheus sees")).isEqualTo(names(in("digitstream-processes")));
    }

    private static Set<String> listed(String row) throws IOException {
        String cells = Files.readAllLines(Path.of("docs/operating.md")).stream()
                .filter(line -> line.startsWith("| " + row + " | "))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(cells.split(" *\\| *", -1)[2].split(", ", -1))
                .map(name -> "Digitstream" + name)
                .collect(Collectors.toSet());
    }

    @Test
    void theReferenceHasEachRuleWithItsLevelsItsBoundAndItsAlert() throws IOException {
        String page = Files.readString(Path.of("docs/reference.md"));
        int start = page.indexOf("\n### Rules\n");
        String section = page.substring(start, page.indexOf("\n### ", start + 5));
        List<String> rows =
                section.lines().filter(line -> line.startsWith("| `")).toList();
        Set<Possible> documented = new HashSet<>();
        for (String row : rows) {
            List<String> cells = Arrays.asList(row.split(" *\\| *", -1));
            for (String rule : cells.get(1).replace("`", "").split(", ", -1)) {
                for (Possible possible : AlertRules.possible()) {
                    if (possible.rule().equals(rule)
                            && cells.get(2).contains(possible.level().replace('-', ' '))) {
                        documented.add(possible);
                        assertThat(alerts)
                                .filteredOn(alert -> alert.findings().contains(possible))
                                .singleElement()
                                .satisfies(alert -> assertThat(cells.get(5))
                                        .isEqualTo("[" + alert.name() + "](operating.md#"
                                                + alert.name().toLowerCase(Locale.ROOT) + ")"));
                    }
                }
            }
        }
        assertThat(documented).containsExactlyInAnyOrderElementsOf(AlertRules.possible());
        assertThat(rows).allSatisfy(row -> assertThat(documented)
                .anyMatch(possible -> row.contains("`" + possible.rule() + "`")));
        Settings.names().stream().filter(name -> name.startsWith("verdict.")).forEach(name -> assertThat(section)
                .contains("`" + name + "`"));
    }
}
