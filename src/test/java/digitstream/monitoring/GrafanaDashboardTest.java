package digitstream.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import digitstream.common.Json;
import digitstream.docs.Markdown;
import digitstream.settings.VerdictSettings;
import digitstream.testing.Programs;
import digitstream.verdict.Level;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Grafana dashboard as a file. MonitoringIT runs its queries on the metrics of a serving process. */
class GrafanaDashboardTest {
    /** A dashboard that hangs goes on exporting its last verdict. */
    private static final String FRESH = ") and on (instance) time() - digits_verdict_timestamp_seconds < 60)";

    private static final Pattern METRIC = Pattern.compile("(?<![\\w:])digits_\\w+");

    /** By panel, the bound of the verdict that its last threshold is. */
    private static final Map<String, Double> BOUNDS = Map.of(
            "Accuracy", VerdictSettings.DEFAULT.accuracyMin(),
            "Estimated accuracy", VerdictSettings.DEFAULT.estimateMin(),
            "Latency p99", (double) VerdictSettings.DEFAULT.latencyMax().toSeconds());

    /** In increasing order. A level's number in Grafana is its position. */
    private static final List<Level> LEVELS = List.of(Level.values());

    @TempDir
    private Path folder;

    private final JsonNode dashboard = Json.COMPACT.readTree(
            Path.of("monitoring/grafana/dashboards/digitstream.json").toFile());
    private final Map<String, JsonNode> panels = new TreeMap<>();

    GrafanaDashboardTest() throws IOException {
        for (JsonNode panel : dashboard.path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                panels.put(panel.path("title").asText(), panel);
            }
        }
    }

    private List<String> queries() {
        List<String> queries = new ArrayList<>();
        panels.values().forEach(panel -> panel.path("targets")
                .forEach(target -> queries.add(target.path("expr").asText())));
        dashboard
                .path("annotations")
                .path("list")
                .forEach(list -> queries.add(list.path("expr").asText()));
        return queries;
    }

    private static List<Double> steps(JsonNode panel) {
        List<Double> steps = new ArrayList<>();
        panel.path("fieldConfig")
                .path("defaults")
                .path("thresholds")
                .path("steps")
                .forEach(step -> steps.add(step.path("value").asDouble(Double.NEGATIVE_INFINITY)));
        return steps;
    }

    /** Without thresholds of its own, a panel gets Grafana's: green below 80. */
    @Test
    void eachPanelWithAColouredFigureHasThresholds() {
        assertThat(panels.values())
                .filteredOn(panel -> Set.of("stat", "bargauge", "gauge")
                        .contains(panel.path("type").asText()))
                .hasSizeGreaterThan(6)
                .allSatisfy(panel -> {
                    JsonNode defaults = panel.path("fieldConfig").path("defaults");
                    assertThat(defaults.path("color").path("mode").asText()).isEqualTo("thresholds");
                    assertThat(defaults.path("thresholds").path("mode").asText())
                            .isEqualTo("absolute");
                    assertThat(steps(panel))
                            .as(panel.path("title").asText())
                            .hasSizeGreaterThan(1)
                            .startsWith(Double.NEGATIVE_INFINITY)
                            .isSorted();
                    // NaN must not look like a figure below the first threshold.
                    assertThat(defaults.path("mappings").findValuesAsText("match"))
                            .containsExactly("null+nan");
                });
    }

    @Test
    void thresholdsAreTheBoundsOfTheVerdict() {
        BOUNDS.forEach(
                (panel, bound) -> assertThat(steps(panels.get(panel))).as(panel).endsWith(bound));
    }

    @Test
    void aRowShowsWhatTheVerdictSays() {
        assertThat(panels).containsKeys("Verdict", "Findings");
        assertThat(panels.get("Verdict").findValuesAsText("expr"))
                .containsExactly("max((" + levels("digits_verdict_level") + FRESH);
        assertThat(panels.get("Findings").findValuesAsText("expr"))
                .containsExactly("max by (rule) ((" + levels("digits_verdict_finding") + FRESH);
        for (String panel : List.of("Verdict", "Findings")) {
            JsonNode texts = panels.get(panel)
                    .path("fieldConfig")
                    .path("defaults")
                    .path("mappings")
                    .path(0);
            for (int number = 0; number < LEVELS.size(); number++) {
                assertThat(texts.path("options")
                                .path(Integer.toString(number))
                                .path("text")
                                .asText())
                        .isNotEmpty();
            }
        }
    }

    /** Of a gauge with a series for each level, the level as a number. */
    private static String levels(String metric) {
        StringBuilder sum = new StringBuilder();
        for (int number = 0; number < LEVELS.size(); number++) {
            sum.append(sum.isEmpty() ? "" : " or ")
                    .append(number + " * " + metric + "{level=\""
                            + LEVELS.get(number).code() + "\"}");
        }
        return sum.toString();
    }

    @Test
    void panelsShowWhatElseAlertsReadOfServingProcesses() {
        assertThat(queries())
                .anyMatch(query -> query.contains("digits_misplaced_total"))
                .anyMatch(query -> query.contains("digits_partitions_waiting"));
    }

    @Test
    void eachPanelSaysWhatItShows() {
        assertThat(panels).hasSizeGreaterThan(27).allSatisfy((title, panel) -> assertThat(
                        panel.path("description").asText())
                .as(title)
                .hasSizeGreaterThan(20)
                .endsWith("."));
    }

    @Test
    void correctPredictionsDoNotHideTheMistakes() {
        assertThat(panels.get("Mistakes (rows: actual, columns: predicted)").findValuesAsText("expr"))
                .singleElement()
                .asString()
                .contains(" unless on (actual, predicted) label_replace(");
        assertThat(panels.get("Recall by digit").findValuesAsText("expr"))
                .singleElement()
                .asString()
                .contains(" and on (actual, predicted) label_replace(");
    }

    @Test
    void linksLeadToThePageAndToTheRunbook() {
        assertThat(dashboard.path("links").findValuesAsText("url")).containsExactly("${page}", "${runbook}");
        assertThat(variables().get("page")).isEqualTo("http://localhost:8080/");
        assertThat(variables().get("runbook"))
                .isEqualTo("http://localhost:9090/user/docs/runbook.html")
                .endsWith("/docs/runbook.html");
        assertThat(Path.of("docs/runbook.html")).exists();
    }

    private Map<String, String> variables() {
        Map<String, String> variables = new TreeMap<>();
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            JsonNode query = variable.path("query");
            variables.put(
                    variable.path("name").asText(),
                    query.isTextual() ? query.asText() : query.path("query").asText());
        }
        return variables;
    }

    /** Accuracy is published by one instance for all of them, and the recording rule sums over them. */
    @Test
    void theInstanceCanBeChosenWhereAMetricIsOfOneInstance() {
        assertThat(variables().get("instance")).isEqualTo("label_values(digits_topology_running, instance)");
        Pattern wholeSystem = Pattern.compile(
                "digits_(accuracy|coverage|calibration|confusion|verdict)_|topology_topic:kafka_consumer_records_lag");
        for (JsonNode panel : panels.values()) {
            for (String query : panel.findValuesAsText("expr")) {
                assertThat(query.contains("instance=~\"$instance\""))
                        .as(query)
                        .isNotEqualTo(wholeSystem.matcher(query).find());
            }
        }
    }

    @Test
    void eachMetricIsInTheReference() {
        Set<String> known = Markdown.read("docs/reference.md").names("Metrics");
        Set<String> unknown = new TreeSet<>();
        for (String query : queries()) {
            for (Matcher metric = METRIC.matcher(query); metric.find(); ) {
                if (!known.contains(metric.group())
                        && !known.contains(metric.group().replaceAll("_(bucket|sum|count)$", ""))) {
                    unknown.add(metric.group());
                }
            }
        }
        assertThat(unknown).isEmpty();
        assertThat(queries()).hasSizeGreaterThan(40);
    }

    /** Prometheus' own tool parses them, each as the expression of a recording rule. */
    @Test
    void eachQueryIsPromQl() throws Exception {
        Optional<Path> promtool = Programs.find("promtool");
        assumeTrue(promtool.isPresent(), "promtool is not on the PATH; the queries are not parsed");
        List<Map<String, String>> rules = new ArrayList<>();
        for (String query : queries()) {
            rules.add(Map.of(
                    "record",
                    "query:" + rules.size(),
                    "expr",
                    query.replace("$window", "10m")
                            .replace("$__rate_interval", "5m")
                            .replace("$__range", "1h")));
        }
        Path file = folder.resolve("queries.yml");
        new YAMLMapper().writeValue(file.toFile(), Map.of("groups", List.of(Map.of("name", "g", "rules", rules))));
        Path output = folder.resolve("output.txt");
        Process check = new ProcessBuilder(promtool.orElseThrow().toString(), "check", "rules", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(check.exitValue()).as(said).isZero();
        assertThat(said).contains("SUCCESS: " + rules.size() + " rules found");
    }
}
