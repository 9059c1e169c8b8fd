package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.dashboard.access.Access;
import digitstream.data.CentredDigit;
import digitstream.local.ServeProcess;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.settings.Settings;
import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
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
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Makes trouble in a running stream, and takes the time until the verdict says so. */
@ExtendWith(Environment.Extension.class)
class VerdictIT {
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(15);

    /** Three minutes would be too long for a test. */
    private static final long NO_LABELS_MILLIS = 10_000;

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void namesTroubleWithinSeconds(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("verdict.no.labels.ms", Long.toString(NO_LABELS_MILLIS));
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
            try (TroubledStream stream = new TroubledStream(environment, settings.topics())) {
                Await.until(
                        "the verdict that all is well",
                        SETTLED,
                        () -> verdict(dashboard).get("level").asText().equals("ok"));

                stream.junk = true;
                awaitFinding(dashboard, "dead-letters", "dead letters in the last minute: undecodable", SOON);
                stream.junk = false;

                stream.labelShift = 1;
                awaitFinding(dashboard, "labels-suspicious", ": are the labels right?", SOON);
                awaitFinding(dashboard, "accuracy-low", "on validation", SOON);
                assertThat(verdict(dashboard).get("level").asText()).isEqualTo("critical");

                stream.labelled = false;
                awaitFinding(dashboard, "no-labels", "No labels for 1", SOON.plus(Duration.ofMillis(NO_LABELS_MILLIS)));

                stream.noisy = true;
                awaitFinding(dashboard, "images-unlike", "Images look unlike the validation images (PSI ", SOON);

                scoring.close();
                awaitFinding(dashboard, "scoring-behind", "Scoring is 1", SOON);

                signalBroker("STOP");
                try {
                    awaitFinding(dashboard, "brokers-away", "The Kafka brokers do not respond", SOON);
                } finally {
                    signalBroker("CONT");
                }
                Await.until("the brokers", SETTLED, () -> finding(verdict(dashboard), "brokers-away") == null);
            } finally {
                scoring.close();
            }
        }
    }

    private ServeProcess serve(Environment environment, Map<String, String> settings, String topology) {
        return ServeProcess.start(
                CommandLineProcess.home(),
                environment.serveArguments(folder.resolve("state-" + topology), settings, "--only", topology),
                folder.resolve(topology + ".log"));
    }

    private void awaitFinding(Dashboard dashboard, String rule, String words, Duration atMost) throws Exception {
        long start = System.nanoTime();
        Await.until("the finding " + rule, atMost, () -> {
            JsonNode finding = finding(verdict(dashboard), rule);
            return finding != null && finding.get("text").asText().contains(words);
        });
        System.out.printf("%s after %.1f s%n", rule, (System.nanoTime() - start) / 1e9);
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
