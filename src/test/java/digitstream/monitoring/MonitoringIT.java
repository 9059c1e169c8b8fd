package digitstream.monitoring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.client.ProducePlan;
import digitstream.common.Json;
import digitstream.docs.Markdown;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A serving process, scraped by a real Prometheus, with this project's rules and Grafana dashboard. */
@ExtendWith(Environment.Extension.class)
class MonitoringIT {
    private static final int IMAGES = 6_000;
    private static final int BAD = 3;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Micrometer looks for new metrics of Kafka clients, such as the lag of a partition, only once a minute. */
    private static final Duration CLIENT_METRICS_TIMEOUT = Duration.ofSeconds(150);

    /** The operators between a rule's operands, in Prometheus' format, with everything in brackets masked. */
    private static final Pattern OPERATOR =
            Pattern.compile(" (and|or|unless|<=|>=|==|<|>)( (on|ignoring|group_left|group_right) _+)* ");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static CommandLineProcess serve;
    private static String metricsUrl;
    private static String dashboardUrl;
    private static final List<Integer> READY_ANSWERS = new ArrayList<>();
    private static final List<Integer> LIVE_ANSWERS = new ArrayList<>();
    private static Optional<PrometheusProcess> prometheus = Optional.empty();

    @BeforeAll
    static void classifyAndScoreSomeImages(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        List<String> arguments = new ArrayList<>(List.of("serve"));
        arguments.addAll(environment.serveArguments(
                folder.resolve("state"), given, "--metrics", "0", "--dashboard", "127.0.0.1:0"));
        serve = CommandLineProcess.start(folder, List.of(), arguments.toArray(String[]::new));
        metricsUrl = printed("Metrics: ");
        Await.until("the process is ready", TIMEOUT, () -> {
            LIVE_ANSWERS.add(get(metricsUrl, "/health/live").statusCode());
            READY_ANSWERS.add(get(metricsUrl, "/health/ready").statusCode());
            return READY_ANSWERS.get(READY_ANSWERS.size() - 1) == 200;
        });
        dashboardUrl = printed("Dashboard: ");
        Optional<Path> program = Programs.find("prometheus");
        if (program.isPresent()) {
            prometheus = Optional.of(PrometheusProcess.start(
                    program.get(),
                    folder,
                    Map.of(
                            "serve:9464", URI.create(metricsUrl).getAuthority(),
                            "dashboard:8080", URI.create(dashboardUrl).getAuthority())));
        }
        environment.produce(settings, new ProducePlan(true, true, 600, IMAGES, Duration.ofMillis(300), 1, "m-"));
        try (Producer<byte[], byte[]> producer = environment.producer()) {
            for (int i = 0; i < BAD; i++) {
                producer.send(
                        new ProducerRecord<>(settings.topics().images(), ("bad" + i).getBytes(UTF_8), new byte[9]));
            }
        }
        Await.until(
                "all images are scored",
                TIMEOUT,
                () -> sum("digits_labels_total{outcome=\"matched\"") == IMAGES
                        && sum("digits_dead_letters_total") == BAD
                        && sum("digits_accuracy_labelled{", "window=\"all\"") == IMAGES);
    }

    @AfterAll
    static void close() {
        prometheus.ifPresent(PrometheusProcess::close);
        serve.close();
    }

    private static String printed(String prefix) throws Exception {
        Await.until("the process prints " + prefix, TIMEOUT, () -> {
            if (!serve.process().isAlive()) {
                throw new AssertionError("the process has exited: " + serve.err());
            }
            return serve.out().lines().anyMatch(line -> line.startsWith(prefix));
        });
        return serve.out()
                .lines()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElseThrow()
                .substring(prefix.length());
    }

    private static HttpResponse<String> get(String base, String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(base).resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The sum of the series whose lines start with a name and contain all of these texts. */
    private static double sum(String name, String... texts) throws Exception {
        return get(metricsUrl, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .filter(line -> Stream.of(texts).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void isLiveFromTheStartAndReadyOnlyWhenAllPartsRun() throws Exception {
        assertThat(LIVE_ANSWERS).containsOnly(200);
        assertThat(READY_ANSWERS).startsWith(503).endsWith(200);
        JsonNode ready = Json.COMPACT.readTree(get(metricsUrl, "/health/ready").body());
        assertThat(ready.path("checks").findValuesAsText("name"))
                .containsExactly("model", "classifying", "scoring", "topics", "dashboard");
        assertThat(get(dashboardUrl, "/health/live").statusCode()).isEqualTo(200);
        assertThat(get(dashboardUrl, "/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void theReferenceListsEachOfItsMetrics() throws Exception {
        Set<String> served = get(metricsUrl, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("# TYPE "))
                .map(line -> line.split(" ", -1)[2])
                .filter(name -> name.startsWith("digits_") || name.equals("process_resident_memory_bytes"))
                .collect(Collectors.toCollection(TreeSet::new));
        // The maximum of a histogram stands in the histogram's row.
        served.removeIf(name -> name.endsWith("_max") && served.contains(name.substring(0, name.length() - 4)));
        assertThat(Markdown.read("docs/reference.md").names("Metrics")).isEqualTo(served);
    }

    @Test
    void countsEachRecordExactlyOnce() throws Exception {
        assertThat(sum("digits_predictions_total")).isEqualTo(IMAGES);
        assertThat(sum("digits_dead_letters_total", "reason=\"undecodable\"")).isEqualTo(BAD);
        assertThat(sum("digits_batch_size_sum")).isEqualTo(IMAGES);
        assertThat(sum("digits_batch_size_count")).isEqualTo(sum("digits_batch_flush_total"));
        assertThat(sum("digits_queue_wait_seconds_count")).isEqualTo(IMAGES);
        assertThat(sum("digits_end_to_end_latency_seconds_count")).isEqualTo(IMAGES);
        assertThat(sum("digits_inference_duration_seconds_count")).isEqualTo(sum("digits_batch_size_count"));
        assertThat(sum("digits_label_delay_seconds_count")).isEqualTo(IMAGES);
        assertThat(sum("digits_confusion_total")).isEqualTo(IMAGES);
        double correct = 0;
        for (int digit = 0; digit < 10; digit++) {
            correct += sum("digits_confusion_total", "actual=\"" + digit + "\"", "predicted=\"" + digit + "\"");
        }
        double accuracy = sum("digits_accuracy_ratio", "window=\"all\"");
        assertThat(accuracy).isCloseTo(correct / IMAGES, within(1e-9));
        assertThat(sum("digits_estimated_accuracy_ratio")).isCloseTo(accuracy, within(0.02));
        assertThat(sum("digits_drift_psi", "signal=\"class\"")).isBetween(0.0, 0.1);
        assertThat(sum("digits_topology_running")).isEqualTo(2);
    }

    @Test
    void exportsMetricsOfKafkaTheJvmAndNativeMemory() throws Exception {
        assertThat(get(metricsUrl, "/metrics").body())
                .contains(
                        "kafka_stream_thread_commit_latency_avg",
                        "kafka_producer_",
                        "kafka_consumer_",
                        "jvm_memory_used_bytes{area=\"heap\"",
                        "jvm_gc_pause_seconds",
                        "digits_native_memory_bytes{state=\"used\"}",
                        "process_resident_memory_bytes",
                        "digits_model_info{model=\"lenet\",model_version=\"test\"");
        // The dashboard's port serves the same metrics, because it is the same process.
        assertThat(get(dashboardUrl, "/metrics").body()).contains("digits_model_info");
    }

    @Test
    void metricNamesFollowPrometheusConventions() throws Exception {
        Path metrics = folder.resolve("metrics.txt");
        Files.writeString(metrics, get(metricsUrl, "/metrics").body());
        Process lint = new ProcessBuilder(promtool().toString(), "check", "metrics")
                .redirectInput(metrics.toFile())
                .redirectErrorStream(true)
                .start();
        String faults = new String(lint.getInputStream().readAllBytes(), UTF_8);
        assertThat(lint.waitFor(30, TimeUnit.SECONDS)).isTrue();
        // promtool also accepts an empty file. Exit status 1: parse error; 3: discouraged names, such as Kafka's.
        assertThat(metrics).content(UTF_8).contains("digits_predictions_total");
        assertThat(lint.exitValue()).as(faults).isIn(0, 3);
        assertThat(faults).doesNotContain("error while linting", "parsing error");
        assertThat(faults.lines().filter(line -> line.startsWith("digits_"))).isEmpty();
    }

    @Test
    void rulesAndConfigurationAreValidAndTheRulesPassTheirTests() throws Exception {
        assertThat(run("check", "config", "prometheus.yml")).contains("SUCCESS: " + numberOfRules() + " rules found");
        assertThat(run("check", "config", "demo.yml")).contains("SUCCESS");
        assertThat(run("test", "rules", "digitstream.rules.test.yml")).contains("SUCCESS");
        assertThat(run("test", "rules", "digitstream.verdict.test.yml")).contains("SUCCESS");
    }

    private static int numberOfRules() throws IOException {
        return AlertRules.yaml("digitstream.rules.yml").findValues("expr").size();
    }

    private static String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(promtool().toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(PrometheusProcess.CONFIGURATION.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static Path promtool() {
        Optional<Path> promtool = Programs.find("promtool");
        assumeTrue(promtool.isPresent(), "promtool is not on the PATH; the rules and metric names are not checked");
        return promtool.orElseThrow();
    }

    @Test
    void eachQueryOfEachPanelReturnsData() throws Exception {
        JsonNode dashboard = Json.COMPACT.readTree(Path.of("monitoring", "grafana", "dashboards", "digitstream.json")
                .toFile());
        List<String> queries = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.path("expr").asText());
            }
        }
        assertThat(queries).hasSizeGreaterThan(40);
        List<String> all = queries.stream()
                .map(query -> query.replace("$window", "10m")
                        .replace("$instance", ".*")
                        .replace("$__rate_interval", "5m")
                        .replace("$__range", "1h"))
                .toList();
        // "$1" belongs to label_replace().
        assertThat(all).noneMatch(query -> query.replace("$1", "").contains("$"));
        requireData(all);
        for (JsonNode annotation : dashboard.path("annotations").path("list")) {
            // Has data only in the minute after a start.
            prometheus().query(annotation.path("expr").asText());
        }
    }

    /**
     * An alert that does not fire returns nothing. So each operand of its comparisons must return data, and so must the whole
     * expression with {@code bool} comparisons, or else the labels of the operands do not match.
     */
    @Test
    void eachOperandOfEachRuleReturnsData() throws Exception {
        List<String> queries = new ArrayList<>();
        JsonNode groups = prometheus().json("/api/v1/rules").path("data").path("groups");
        int rules = 0;
        for (JsonNode group : groups) {
            for (JsonNode rule : group.path("rules")) {
                rules++;
                prometheus().query(rule.path("query").asText());
                // The dashboard of this process judges, which silences the substitutes.
                String query = rule.path("query").asText().replace(" unless on () digits:verdict_judges:count", "");
                queries.addAll(operands(query));
                queries.add(query.replaceAll(" (<=|>=|==|<|>) ", " $1 bool "));
            }
        }
        assertThat(rules).isEqualTo(numberOfRules());
        assertThat(queries).hasSizeGreaterThan(2 * rules);
        requireData(queries);
        Await.until("each rule is evaluated", TIMEOUT, () -> healthOfRules().stream()
                .allMatch("ok"::equals));
    }

    /** Docker Compose starts Prometheus with the same option for the project's documents. */
    @Test
    void prometheusServesTheRunbookThatTheAlertsLinkTo() throws Exception {
        HttpResponse<String> runbook = prometheus().get("/user/docs/runbook.html");
        assertThat(runbook.statusCode()).isEqualTo(200);
        assertThat(runbook.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
        assertThat(prometheus().get("/user/docs/operating.md").body()).contains("### DigitstreamAccuracyLow");
    }

    @Test
    void splitsAnExpressionAtItsOperatorsOutsideOfBrackets() {
        assertThat(operands(
                        "min by (m) (a{w=\"1\"} and b > 5) < on (m) group_left () 0.5 * f((c >= 0)[1d:1m]) and d >= 2"))
                .containsExactly("min by (m) (a{w=\"1\"} and b > 5)", "0.5 * f((c >= 0)[1d:1m])", "d");
    }

    /** The operands of an expression, without numbers. Everything in brackets is part of an operand. */
    private static List<String> operands(String expression) {
        StringBuilder masked = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            depth += "({[".indexOf(c) >= 0 ? 1 : 0;
            masked.append(depth > 0 ? '_' : c);
            depth -= ")}]".indexOf(c) >= 0 ? 1 : 0;
        }
        List<String> operands = new ArrayList<>();
        int start = 0;
        for (Matcher operator = OPERATOR.matcher(masked); operator.find(); start = operator.end()) {
            operands.add(expression.substring(start, operator.start()));
        }
        operands.add(expression.substring(start));
        operands.removeIf(operand -> operand.matches("[0-9.]+"));
        return operands;
    }

    private static List<String> healthOfRules() throws Exception {
        return prometheus().json("/api/v1/rules").findValuesAsText("health");
    }

    private static PrometheusProcess prometheus() {
        assumeTrue(
                prometheus.isPresent(), "prometheus is not on the PATH; the panels and rules are not checked for data");
        return prometheus.orElseThrow();
    }

    private static void requireData(List<String> queries) throws Exception {
        List<String> missing = new ArrayList<>(queries);
        long deadline = System.nanoTime() + CLIENT_METRICS_TIMEOUT.toNanos();
        while (!missing.isEmpty() && System.nanoTime() < deadline) {
            for (String query : List.copyOf(missing)) {
                if (prometheus().hasData(query)) {
                    missing.remove(query);
                }
            }
            Thread.sleep(500);
        }
        assertThat(missing).as("queries without data").isEmpty();
    }
}
