package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitSourcesTest {
    private static final String SMALL = "t10k-labels-idx1-ubyte.gz";

    @TempDir
    private Path folder;

    private final List<String> messages = new ArrayList<>();
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile boolean serveDamaged;

    @BeforeEach
    void startMirrors() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/damaged/", exchange -> answer(exchange, true));
        server.createContext("/good/", exchange -> answer(exchange, serveDamaged));
        server.start();
    }

    @AfterEach
    void stopMirrors() {
        server.stop(0);
    }

    @Test
    void drawsDigitsIfNoMirrorAnswersAndReportsIt() {
        DigitData data = sources("/nothing/").findOrDraw(Optional.empty(), Optional.empty());
        assertThat(data.name()).isEqualTo("drawn");
        assertThat(messages).anyMatch(line -> line.contains("the program draws its own digits"));
        assertThat(messages.get(messages.size() - 1)).startsWith("Digits: drawn by the program, seed");
    }

    @Test
    void rejectsANamedFolderWithoutDigits() {
        Path nowhere = folder.resolve("nowhere");
        assertThatThrownBy(() -> sources("/good/").find(Optional.of(nowhere), Optional.empty()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("--data is " + nowhere);
        assertThatThrownBy(() -> sources("/good/").find(Optional.empty(), Optional.of(folder)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("DIGITSTREAM_DATA is " + folder);
    }

    @Test
    void prefersTheNamedFolderOverTheEnvironment() {
        Path mnist = mnist();
        DigitData data = sources("/good/").find(Optional.of(mnist), Optional.of(folder.resolve("other")));
        assertThat(data.origin()).contains(mnist.toString());
    }

    @Test
    void downloadsOnceFromTheFirstMirrorWithUndamagedFiles() throws IOException {
        mnist();
        Path cache = folder.resolve("cache");
        DigitData data = sources("/damaged/", "/good/").find(Optional.empty(), Optional.empty());
        assertThat(data.training().size()).isEqualTo(60_000);
        assertThat(messages).anyMatch(line -> line.contains("is damaged"));
        assertThat(MnistDownload.isComplete(cache)).isTrue();
        assertThat(cache).isDirectoryNotContaining("glob:**.part");

        server.stop(0);
        assertThat(sources("/good/").find(Optional.empty(), Optional.empty()).name())
                .isEqualTo("mnist");
    }

    @Test
    void resumesAnInterruptedDownload() throws IOException {
        byte[] whole = Files.readAllBytes(mnist().resolve(SMALL));
        Path cache = Files.createDirectories(folder.resolve("cache"));
        Files.write(cache.resolve(SMALL + ".part"), Arrays.copyOf(whole, 1_000));
        assertThat(new MnistDownload(cache, List.of(mirror("/good/")), new EnvironmentProxies(Map.of()), messages::add)
                        .run())
                .isTrue();
        assertThat(ranges).contains("bytes=1000-");
        assertThat(Files.readAllBytes(cache.resolve(SMALL))).isEqualTo(whole);
    }

    @Test
    void rejectsADamagedDownload() throws IOException {
        mnist();
        serveDamaged = true;
        Path cache = folder.resolve("cache");
        assertThat(new MnistDownload(cache, List.of(mirror("/good/")), new EnvironmentProxies(Map.of()), messages::add)
                        .run())
                .isFalse();
        assertThat(MnistDownload.isComplete(cache)).isFalse();
        assertThat(cache).isDirectoryNotContaining("glob:**.gz");
    }

    private DigitSources sources(String... mirrors) {
        return new DigitSources(
                folder.resolve("cache"),
                Arrays.stream(mirrors).map(this::mirror).toList(),
                messages::add);
    }

    private URI mirror(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private static Path mnist() {
        String mnist = System.getenv(DigitSources.ENVIRONMENT_VARIABLE);
        assumeTrue(mnist != null, "DIGITSTREAM_DATA is not set: there are no real digits to serve here");
        return Path.of(mnist);
    }

    private void answer(HttpExchange exchange, boolean damaged) throws IOException {
        try (exchange) {
            String name =
                    Path.of(exchange.getRequestURI().getPath()).getFileName().toString();
            byte[] content = Files.readAllBytes(
                    Path.of(System.getenv(DigitSources.ENVIRONMENT_VARIABLE)).resolve(name));
            if (damaged) {
                content[content.length / 2] ^= 1;
            }
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
            if (range != null) {
                ranges.add(range);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            exchange.getResponseBody().write(content, from, content.length - from);
        }
    }
}
