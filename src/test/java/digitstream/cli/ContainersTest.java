package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import digitstream.testing.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the Dockerfile, docker-compose.yml and the monitoring configuration say about containers. ComposeIT and ImageIT run commands. */
class ContainersTest {
    private static final Path ALERTMANAGER = Path.of("monitoring/alertmanager/alertmanager.yml");

    private final JsonNode compose = yaml("docker-compose.yml");
    private final Dockerfile image = Dockerfile.read().imageStage();

    ContainersTest() throws IOException {}

    private static JsonNode yaml(String file) throws IOException {
        return new YAMLMapper().readTree(Path.of(file).toFile());
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    /** The volumes of the services of this project's image, by service. */
    private Map<String, List<String>> appVolumes() {
        Map<String, List<String>> volumes = new TreeMap<>();
        compose.path("services").properties().stream()
                .filter(service -> service.getValue().has("<<"))
                .forEach(service ->
                        volumes.put(service.getKey(), texts(service.getValue().path("volumes"))));
        return volumes;
    }

    @Test
    void theImageRunsAsANumericUserInGroup0AndDeclaresNoVolumes() {
        assertThat(image.last("USER")).matches("[1-9][0-9]*:0");
        assertThat(image.all("VOLUME")).isEmpty();
        assertThat(image.last("RUN"))
                .contains(
                        "chown -R " + image.last("USER") + " " + Dockerfile.VOLUME, "chmod -R g=u " + Dockerfile.VOLUME)
                .doesNotContain("useradd");
    }

    @Test
    void theImagesFilesAreReadableByAnyUserAndWritableByNone() {
        assertThat(image.copies())
                .hasSize(7)
                .allSatisfy(copy -> assertThat(copy.options().get("chmod")).isIn("444", "555"));
    }

    @Test
    void theContainersOfTheAppWriteToVolumesAndToATmpfsOnly() {
        JsonNode app = compose.path("x-app");
        assertThat(app.path("read_only").asBoolean()).isTrue();
        // RocksDB unpacks its library there; Docker's default is noexec.
        assertThat(texts(app.path("tmpfs"))).singleElement().asString().matches("/tmp:exec,mode=1777,size=\\d+m");
        assertThat(app.path("pids_limit").asInt()).isBetween(200, 4_000);
        // The image has each folder that a volume is mounted at, with rights that the new volume takes over.
        assertThat(appVolumes()).hasSize(5).allSatisfy((service, volumes) -> {
            for (String volume : volumes) {
                assertThat(image.last("RUN").split("\\s+")).contains(volume.split(":", -1)[1]);
            }
        });
        assertThat(appVolumes().get("serve"))
                .anyMatch(volume -> volume.endsWith("/state"))
                .anyMatch(volume -> volume.endsWith("/cache"))
                .anyMatch(volume -> volume.endsWith("/models:ro"));
        for (Map.Entry<String, JsonNode> service : compose.path("services").properties()) {
            for (String own : List.of("read_only", "tmpfs", "pids_limit", "user")) {
                assertThat(service.getValue().has(own)).as(service.getKey()).isFalse();
            }
        }
    }

    @Test
    void thirdPartyImagesHaveAVersion() {
        List<String> images = compose.findValuesAsText("image");
        assertThat(images)
                .hasSizeGreaterThan(5)
                .filteredOn(name -> !name.equals("digitstream"))
                .allSatisfy(name -> assertThat(name).matches("[a-z-]+/[a-z-]+:v?\\d+\\.\\d+\\.\\d+"));
    }

    @Test
    void prometheusSendsAlertsToTheAlertmanagerOfCompose() throws IOException {
        assertThat(yaml("monitoring/prometheus/prometheus.yml").path("alerting").findValues("targets"))
                .singleElement()
                .satisfies(targets -> assertThat(texts(targets)).containsExactly("alertmanager:9093"));
        JsonNode alertmanager = compose.path("services").path("alertmanager");
        assertThat(texts(alertmanager.path("ports"))).containsExactly("127.0.0.1:9093:9093");
        assertThat(texts(alertmanager.path("command"))).contains("--config.file=/etc/alertmanager/alertmanager.yml");
        assertThat(texts(alertmanager.path("volumes"))).contains("./monitoring/alertmanager:/etc/alertmanager:ro");
    }

    @Test
    void prometheusServesTheDocumentsThatTheAlertsLinkTo() {
        JsonNode prometheus = compose.path("services").path("prometheus");
        assertThat(texts(prometheus.path("command")))
                .contains("--web.user-assets=/usr/share/digitstream", "--web.external-url=http://localhost:9090");
        assertThat(texts(prometheus.path("volumes"))).contains("./docs:/usr/share/digitstream/docs:ro");
        assertThat(texts(prometheus.path("ports"))).containsExactly("127.0.0.1:9090:9090");
    }

    @Test
    void alertmanagersRoutesEndAtReceiversAndItsInhibitionsNameAlerts() throws IOException {
        JsonNode configuration = yaml(ALERTMANAGER.toString());
        List<String> receivers = configuration.path("receivers").findValuesAsText("name");
        assertThat(receivers).contains("team");
        assertThat(configuration.path("route").findValuesAsText("receiver"))
                .hasSizeGreaterThan(1)
                .isSubsetOf(receivers);
        String rules = Files.readString(Path.of("monitoring/prometheus/digitstream.rules.yml"));
        for (JsonNode inhibition : configuration.path("inhibit_rules")) {
            for (String side : List.of("source_matchers", "target_matchers")) {
                for (String matcher : texts(inhibition.path(side))) {
                    if (matcher.startsWith("severity=")) {
                        assertThat(rules).contains("severity: " + matcher.replaceAll("^severity=\"|\"$", "") + "\n");
                        continue;
                    }
                    for (String alert :
                            matcher.replaceAll("^alertname=~?\"|\"$", "").split("\\|", -1)) {
                        assertThat(rules).contains("- alert: " + alert + "\n");
                    }
                }
            }
        }
    }

    @Test
    void alertmanagerAcceptsItsConfiguration() throws Exception {
        Optional<Path> amtool = Programs.find("amtool");
        assumeTrue(amtool.isPresent(), "amtool is not on the PATH; Alertmanager's configuration is not checked by it");
        Process check = new ProcessBuilder(amtool.orElseThrow().toString(), "check-config", ALERTMANAGER.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(check.exitValue()).as(output).isZero();
    }
}
