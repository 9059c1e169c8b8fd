package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.dashboard.access.Access;
import digitstream.data.CentredDigit;
import digitstream.local.ServeProcess;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.monitoring.PrometheusProcess;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Makes trouble in a running stream, and takes the time until the verdict says so and until Prometheus alerts on it. */
@ExtendWith(Environment.Extension.class)
class VerdictIT {
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(15);

    /** Three minutes would be too long for a test. */
    private static final long NO_LABELS_MILLIS = 10_000;

    /** A window that forgets a trouble as soon as it has ended, so that the next one is not hidden behind it. */
    private static final String WINDOW = "10s";

    private static final long BUCKET_MILLIS = 2_000;

    /** Being four times as much behind is critical, and then worse than the troubles that came before. */
    private static final long BEHIND_MILLIS = 3_000;

    /** The alerts wait for a minute at most, which becomes 6 s. Prometheus scrapes and evaluates once a second. */
    private static final int HURRY = 10;

    private static final Duration ALERT_DELAY = Duration.ofSeconds(15);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private Optional<PrometheusProcess> prometheus = Optional.empty();
    private Optional<TroubledPage> page = Optional.empty();

    @AfterEach
    void stop() {
        page.ifPresent(TroubledPage::close);
        prometheus.ifPresent(PrometheusProcess::close);
    }

    /** In an order in which each trouble is the worst one when it comes, so that the tab's title names it. */
    @Test
    void namesTroubleWithinSeconds(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("verdict.no.labels.ms", Long.toString(NO_LABELS_MILLIS));
        given.put("verdict.behind.ms", Long.toString(BEHIND_MILLIS));
        given.put("accuracy.windows", WINDOW);
        given.put("accuracy.bucket.ms", Long.toString(BUCKET_MILLIS));
        Settings settings = Settings.parse(given);
        try (Admin admin = environment.admin();
                ServeProcess classifying = serve(environment, given, "classify");
                Dashboard dashboard = Dashboard.start(
                        StreamSource.of(settings, environment.clients(), admin, environment.schemas()),
                        CentredDigit::of,
                        new Dashboard.Options("127.0.0.1", 0, Duration.ofHours(1), Access.DEFAULT),
                        new Metrics(),
                        new Health())) {
            ServeProcess scoring = serve(environment, given, "score");
            classifying.awaitReady();
            scoring.awaitReady();
            page = PageBrowser.isThere() ? Optional.of(TroubledPage.open(folder, dashboard.url())) : Optional.empty();
            try (TroubledStream stream = new TroubledStream(environment, settings.topics())) {
                Trouble unlabelled = new Trouble("version-unlabelled", "DigitstreamVersionUnlabelled");
                awaitFinding(dashboard, unlabelled, "Labels come, but none for lenet/test in ", SETTLED);
                onPage(page -> page.says("warning", "Labels come, but none for lenet/test in ", "coverage"));
                stream.misdirected = false;

                Await.until(
                        "the verdict that all is well",
                        SETTLED,
                        () -> verdict(dashboard).get("level").asText().equals("ok"));
                startPrometheus(dashboard, classifying, scoring);
                onPage(TroubledPage::saysThatAllIsWell);
                onPage(page -> page.strikesTheEstimateOut(false));

                stream.labelShift = 1;
                Trouble shifted = new Trouble("labels-suspicious", "DigitstreamLabelsSuspicious");
                awaitFinding(dashboard, shifted, ": are the labels right?", SOON);
                awaitFinding(dashboard, new Trouble("accuracy-low", "DigitstreamAccuracyLow"), "on validation", SOON);
                assertThat(verdict(dashboard).get("level").asText()).isEqualTo("critical");
                onPage(page -> page.says("critical", ": are the labels right?", "accuracy"));

                // The latest images with a label are compared, however old they are.
                stream.labelShift = 0;
                Await.until(
                        "labels that are right",
                        SETTLED,
                        () -> finding(verdict(dashboard), "labels-suspicious") == null);
                stream.labelled = false;
                onPage(TroubledPage::listen);
                Trouble stopped = new Trouble("no-labels", "DigitstreamNoLabels");
                awaitFinding(dashboard, stopped, "No labels for 1", SOON.plus(Duration.ofMillis(NO_LABELS_MILLIS)));
                onPage(page -> page.says("warning", "No labels for ", "coverage"));
                onPage(page -> page.says("warning", "No labels for ", "accuracy"));
                onPage(VerdictIT::isNotToldEachSecond);

                stream.noisy = true;
                Trouble noise = new Trouble("images-unlike", "DigitstreamDrift");
                awaitFinding(dashboard, noise, "Images look unlike the validation images (PSI ", SOON);
                onPage(page -> page.says("warning", "Images look unlike the validation images (PSI ", "estimate"));
                onPage(page -> page.strikesTheEstimateOut(true));

                stream.junk = true;
                Trouble junk = new Trouble("dead-letters", "DigitstreamDeadLetters");
                awaitFinding(dashboard, junk, " in the last minute: undecodable", SOON);
                stream.junk = false;
                onPage(page -> page.says("warning", " in the last minute: undecodable", "dead"));

                scoring.close();
                awaitFinding(dashboard, new Trouble("scoring-behind", "DigitstreamBehind"), "Scoring is 1", SOON);
                onPage(page -> page.says("critical", "Scoring is ", "lag"));
                onPage(page -> page.saysInTheBackground("Scoring is "));
                onPage(page -> page.hasTheStatus("live; no accuracy published since"));

                signalBroker("STOP");
                try {
                    Trouble frozen = new Trouble("brokers-away", "DigitstreamBrokersAway");
                    awaitFinding(dashboard, frozen, "The Kafka brokers do not respond", SOON);
                    onPage(page -> page.says("critical", "The Kafka brokers do not respond", "rate"));
                    onPage(page -> page.saysInTheBackground("The Kafka brokers do not respond"));
                } finally {
                    signalBroker("CONT");
                }
                onPage(page -> assertThat(page.errors()).isEmpty());
                Await.until("the brokers", SETTLED, () -> finding(verdict(dashboard), "brokers-away") == null);
                if (prometheus.isPresent()) {
                    assertThat(prometheus.get().firing())
                            .as("the pause of the brokers has resolved no alert, and the stopped process has one")
                            .contains(
                                    "DigitstreamDeadLetters",
                                    "DigitstreamLabelsSuspicious",
                                    "DigitstreamAccuracyLow",
                                    "DigitstreamNoLabels",
                                    "DigitstreamDrift",
                                    "DigitstreamBehind",
                                    "DigitstreamBrokersAway",
                                    "DigitstreamDown");
                }
            } finally {
                scoring.close();
            }
        }
        assumeTrue(page.isPresent(), "chromium or chromedriver is not on the PATH; the page was not checked");
        assumeTrue(prometheus.isPresent(), "prometheus is not on the PATH; its alerts were not checked");
    }

    /** What a page must show. */
    private interface Check {
        void of(TroubledPage page) throws Exception;
    }

    private void onPage(Check check) throws Exception {
        if (page.isPresent()) {
            check.of(page.get());
        }
    }

    /** The figure of "No labels for 12 s" changes each second; a screen reader hears the sentence once. */
    private static void isNotToldEachSecond(TroubledPage page) throws Exception {
        String before = page.verdict();
        Await.until("another second", SOON, () -> !page.verdict().equals(before));
        assertThat(page.heard())
                .filteredOn(text -> text.toString().contains("No labels for"))
                .hasSize(1);
    }

    /** A trouble's rule, and its alert. */
    private record Trouble(String rule, String alert) {}

    /** Starts Prometheus on all processes, when all is well. */
    private void startPrometheus(Dashboard dashboard, ServeProcess classifying, ServeProcess scoring) throws Exception {
        Optional<Path> program = Programs.find("prometheus");
        if (program.isEmpty()) {
            return;
        }
        PrometheusProcess started = PrometheusProcess.start(
                program.get(),
                folder,
                Map.of(
                        "serve:9464",
                        authority(metrics(classifying)) + "\", \"" + authority(metrics(scoring)),
                        "dashboard:8080",
                        authority(dashboard.url())),
                HURRY);
        prometheus = Optional.of(started);
        Await.until("a scrape of each process", SETTLED, () -> started.hasData("count(up == 1) == 3"));
        Await.until("the judge", SETTLED, () -> started.hasData("digits:verdict_judges:count == 1"));
        assertThat(started.firing()).isEmpty();
    }

    private static String metrics(ServeProcess serve) {
        return serve.metricsUrl().orElseThrow();
    }

    private static String authority(String url) {
        return URI.create(url).getAuthority();
    }

    private ServeProcess serve(Environment environment, Map<String, String> settings, String topology) {
        return ServeProcess.start(
                CommandLineProcess.home(),
                environment.serveArguments(
                        folder.resolve("state-" + topology), settings, "--only", topology, "--metrics", "0"),
                folder.resolve(topology + ".log"));
    }

    private void awaitFinding(Dashboard dashboard, Trouble trouble, String words, Duration atMost) throws Exception {
        long start = System.nanoTime();
        Await.until("the finding " + trouble.rule(), atMost, () -> {
            JsonNode finding = finding(verdict(dashboard), trouble.rule());
            return finding != null && finding.get("text").asText().contains(words);
        });
        double found = secondsSince(start);
        if (prometheus.isPresent()) {
            PrometheusProcess alerting = prometheus.get();
            Await.until("the alert " + trouble.alert(), ALERT_DELAY, () -> alerting.firing()
                    .contains(trouble.alert()));
        }
        System.out.printf("%s after %.1f s, alert after %.1f s%n", trouble.rule(), found, secondsSince(start));
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private static JsonNode finding(JsonNode verdict, String rule) {
        return StreamSupport.stream(verdict.get("findings").spliterator(), false)
                .filter(finding -> finding.get("rule").asText().equals(rule))
                .findFirst()
                .orElse(null);
    }

    private JsonNode verdict(Dashboard dashboard) throws IOException, InterruptedException {
        return Json.COMPACT.readTree(http.send(
                        HttpRequest.newBuilder(URI.create(dashboard.url() + "api/verdict"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body());
    }

    /** Java does not tell a command line that is as long as the broker's. */
    private static boolean isBroker(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"))
                    .contains("kafka.Kafka");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signalBroker(String name) throws Exception {
        ProcessHandle broker = ProcessHandle.current()
                .children()
                .filter(VerdictIT::isBroker)
                .findFirst()
                .orElseThrow();
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(broker.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
