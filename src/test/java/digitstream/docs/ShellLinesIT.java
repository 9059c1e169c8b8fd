package digitstream.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import digitstream.testing.Await;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Environment;
import digitstream.testing.Programs;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the shell lines that readers paste, as they stand. */
@ExtendWith(Environment.Extension.class)
class ShellLinesIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    /** Other tests run these: DemoIT the demo; the build is what runs this test. */
    private static final List<String> RUN_ELSEWHERE = List.of("./scripts/digitstream demo", "mvn verify");

    private static final List<String> LINKS = List.of("avro", "docs", "monitoring");
    private static final String DISTRIBUTION = "target/digitstream";

    @TempDir
    private Path folder;

    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void stopServersAndUnlink() throws Exception {
        Collections.reverse(servers);
        for (Process server : servers) {
            server.descendants().forEach(ProcessHandle::destroy);
            server.destroy();
            if (!server.waitFor(60, TimeUnit.SECONDS)) {
                server.descendants().forEach(ProcessHandle::destroyForcibly);
                server.destroyForcibly();
            }
        }
        for (String link : LINKS) {
            Files.deleteIfExists(folder.resolve(link));
        }
        Files.deleteIfExists(folder.resolve(DISTRIBUTION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/producing.md"})
    void theShellLinesRunAsTheyStand(String page, Environment environment) throws Exception {
        assumeTrue(Programs.find("kcat").isPresent(), "kcat is not installed");
        for (int port : new int[] {9092, 8081, 9464, 8080}) {
            assumeTrue(isFree(port), "port " + port + ", which the documents name, is in use");
        }
        layOut(environment);
        int terminals = 0;
        for (String block : Markdown.read(page).blocks("sh")) {
            if (block.startsWith("# terminal")) {
                start(block, ++terminals);
            } else if (!RUN_ELSEWHERE.contains(block.strip())) {
                run(block);
            }
        }
        assertThat(terminals).isEqualTo(2);
    }

    /** The project's folder as a reader sees it, with the program that was just built, and a trained model. */
    private void layOut(Environment environment) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        for (String name : LINKS) {
            Files.createSymbolicLink(folder.resolve(name), root.resolve(name));
        }
        Files.createDirectories(folder.resolve("scripts"));
        Files.createDirectories(folder.resolve("target"));
        Files.createSymbolicLink(folder.resolve(DISTRIBUTION), CommandLineProcess.home());
        Files.copy(root.resolve("scripts/produce_image.py"), folder.resolve("scripts/produce_image.py"));
        // In place of the launcher, which would build the project again.
        Path launcher = folder.resolve("scripts/digitstream");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                        + "' -Xmx512m -Ddigitstream.home='"
                        + CommandLineProcess.home() + "' -jar '"
                        + CommandLineProcess.home().resolve("digitstream.jar")
                        + "' \"$@\"\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();
        Path version = environment.model();
        Path copy = folder.resolve("models").resolve("lenet").resolve(version.getFileName());
        Files.createDirectories(copy);
        for (String file : List.of("model.pt", "model.json")) {
            Files.copy(version.resolve(file), copy.resolve(file));
        }
    }

    private void start(String block, int terminal) throws Exception {
        Path out = folder.resolve("terminal-" + terminal + ".log");
        Process server = shell(block, out);
        servers.add(server);
        Await.until("terminal " + terminal + " is ready", TIMEOUT, () -> {
            assertThat(server.isAlive()).as(() -> read(out)).isTrue();
            return read(out).contains("Ready");
        });
    }

    private void run(String block) throws Exception {
        Path out = folder.resolve("block.log");
        Process process = shell(block, out);
        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .as(() -> block + read(out))
                .isTrue();
        assertThat(process.exitValue()).as(() -> block + read(out)).isZero();
    }

    private Process shell(String block, Path out) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", block)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("XDG_STATE_HOME", folder.resolve("state").toString());
        // `java` is the one that runs this test.
        environment.merge(
                "PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (path, java) -> java + ":" + path);
        return builder.start();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException inUse) {
            return false;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
