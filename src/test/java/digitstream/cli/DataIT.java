package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Json;
import digitstream.data.Pictures;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.RefusingProxy;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains as a user does who is behind a proxy, has no network, or has folders of photos. */
class DataIT {
    @TempDir
    private Path folder;

    @Test
    void trainsOnDrawnDigitsOnlyIfTheyAreAllowed() throws Exception {
        try (RefusingProxy proxy = new RefusingProxy(true)) {
            CommandLineProcess refused = train(proxy, 512);
            assertThat(refused.exitValue()).isEqualTo(1);
            assertThat(refused.err())
                    .contains(
                            "digitstream: MNIST could not be downloaded",
                            "--data",
                            "HTTPS_PROXY",
                            "--allow-drawn-digits");
            assertThat(refused.out())
                    .contains("Using the proxy 127.0.0.1:" + proxy.port() + " from HTTPS_PROXY")
                    .doesNotContain("secret");
            // Base64 of "me:secret".
            assertThat(proxy.requests())
                    .contains("CONNECT ossci-datasets.s3.amazonaws.com:443 HTTP/1.1 Basic bWU6c2VjcmV0");
            assertThat(folder.resolve("models")).doesNotExist();

            CommandLineProcess allowed = train(proxy, 512, "--allow-drawn-digits", "--epochs", "1", "--json");
            assertThat(allowed.exitValue()).as(allowed.err()).isZero();
            assertThat(allowed.err())
                    .contains("The images were drawn by the program, because MNIST could not be downloaded");
            JsonNode result = Json.COMPACT.readTree(allowed.out());
            assertThat(result.get("data").get("name").asText()).isEqualTo("drawn");
            assertThat(result.get("card").get("training").get("data").asText()).isEqualTo("drawn");
        }
    }

    /** 24 photos of 12 million pixels each, on 16 processors, in a heap that would not hold two of them decoded. */
    @Test
    void readsLargePhotosInLittleMemory() throws Exception {
        BufferedImage photo = Pictures.grey(4_000, 3_000, 230, 40);
        Path first = Pictures.write(
                folder.resolve("photos/7/0.jpg"),
                Pictures.bytes(Pictures.as(photo, BufferedImage.TYPE_3BYTE_BGR), "jpeg"));
        Files.createDirectories(folder.resolve("photos/1"));
        for (int i = 1; i < 24; i++) {
            Files.copy(first, folder.resolve("photos/" + (i % 2 == 0 ? 7 : 1) + "/" + i + ".jpg"));
        }
        Files.write(folder.resolve("photos/7/bad.jpg"), new byte[0]);
        try (RefusingProxy proxy = new RefusingProxy(false)) {
            CommandLineProcess trained = train(proxy, 160, "--data", "photos", "--epochs", "1", "--json");
            assertThat(trained.exitValue()).as(trained.err()).isZero();
            assertThat(trained.err()).contains("Passed over: photos/7/bad.jpg is empty", "Passed over 1 image files");
            JsonNode data = Json.COMPACT.readTree(trained.out()).get("data");
            assertThat(data.get("name").asText()).isEqualTo("photos");
            assertThat(data.get("passedOver").asInt()).isEqualTo(1);
            assertThat(data.get("trainingImages").asInt()
                            + data.get("testImages").asInt())
                    .isEqualTo(24);
        }
    }

    private CommandLineProcess train(RefusingProxy proxy, int heap, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:ActiveProcessorCount=16",
                "-Dai.djl.pytorch.num_threads=2",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                CommandLineProcess.home().resolve("digitstream.jar").toString(),
                "train"));
        command.addAll(List.of(arguments));
        Map<String, String> environment = new HashMap<>();
        environment.put("HTTPS_PROXY", "http://me:secret@127.0.0.1:" + proxy.port());
        environment.put("https_proxy", "");
        environment.put("NO_PROXY", "");
        environment.put("no_proxy", "");
        environment.put("DIGITSTREAM_DATA", "");
        environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        CommandLineProcess process = CommandLineProcess.start(folder, command, environment);
        process.waitFor(Duration.ofMinutes(2));
        return process;
    }
}
