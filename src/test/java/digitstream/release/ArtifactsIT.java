package digitstream.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.model.ModelArtifact;
import digitstream.model.ModelException;
import digitstream.settings.ModelSettings;
import digitstream.testing.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetches a trained model from folders and from a real HTTP server. */
@ExtendWith(Environment.Extension.class)
class ArtifactsIT {
    private static final long MAX_BYTES = 100_000_000;

    @TempDir
    private Path kept;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private ModelArtifact model;

    @BeforeEach
    void serve(Environment environment) throws IOException {
        model = ModelArtifact.open(environment.model());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            String path = exchange.getRequestURI().getPath();
            String file = path.substring(path.lastIndexOf('/') + 1);
            if (path.startsWith("/moved/")) {
                exchange.getResponseHeaders().add("Location", path.replace("/moved/", "/models/"));
                exchange.sendResponseHeaders(302, -1);
            } else if (path.startsWith("/models/") && file.startsWith("model.")) {
                byte[] bytes = Files.readAllBytes(model.directory().resolve(file));
                if (path.contains("/changed/")) {
                    bytes[bytes.length / 2] ^= 1;
                }
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    private Artifacts artifacts(long maxBytes, URI... allowed) {
        return new Artifacts(new ModelSettings(List.of(allowed), maxBytes), kept);
    }

    private ModelRelease release(URI uri) {
        return CardReleases.release(model.card(), uri, ReleaseRole.CHAMPION, null, "test", "");
    }

    @Test
    void opensAFolder() throws Exception {
        assertThat(artifacts(1).fetch(release(model.directory().toUri())).card().sha256())
                .isEqualTo(model.card().sha256());
    }

    @Test
    void fetchesOnceAndKeepsIt() throws Exception {
        Artifacts artifacts = artifacts(MAX_BYTES, at("/models/"));
        ModelRelease release = release(at("/models/v1"));
        assertThat(artifacts.fetch(release).card()).isEqualTo(model.card());
        server.stop(0);
        assertThat(artifacts.fetch(release).card()).as("without the server").isEqualTo(model.card());
        assertThat(requests).hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({
        "/models/v1, /models/v2, may not be fetched",
        "/models/, /other/v1, may not be fetched",
        "/models/v, /models/v1, may not be fetched",
        "/models/, /models/../other/v1, may not be fetched",
        "/models/, /models/%2e%2e/other/v1, may not be fetched",
        "/, /nothing/v1, the server answers 404",
        "/, /moved/v1, 'the server answers 302, a redirect, which is not followed'",
        "/, /models/changed/v1, and the release says"
    })
    void refuses(String allowed, String path, String reason) {
        assertThatThrownBy(() -> artifacts(MAX_BYTES, at(allowed)).fetch(release(at(path))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining(reason)
                .satisfies(failure -> assertThat(failure.getMessage().lines()).hasSize(1));
        assertThat(kept).isEmptyDirectory();
    }

    @Test
    void asksNoServerThatIsNotAllowed() {
        assertThatThrownBy(() -> artifacts(MAX_BYTES).fetch(release(at("/models/v1"))))
                .hasMessageContaining("models.allowed.uris=" + at("/models/"));
        assertThat(requests).hasValue(0);
    }

    @Test
    void refusesALargeModelWithoutReadingAllOfIt() {
        assertThatThrownBy(() -> artifacts(1_000, at("/models/")).fetch(release(at("/models/v1"))))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("has more than 1000 bytes")
                .hasMessageContaining("models.max.bytes");
    }

    @Test
    void namesAServerThatIsAway() {
        URI away = at("/models/v1");
        server.stop(0);
        assertThatThrownBy(() -> artifacts(MAX_BYTES, at("/models/")).fetch(release(away)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("the server does not accept the connection");
    }

    @Test
    void refusesAFolderWithAnotherModel() {
        ModelRelease other = release(model.directory().toUri());
        other.setSha256("0".repeat(64));
        assertThatThrownBy(() -> artifacts(1).fetch(other))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("publish it as a new version");
    }

    @ParameterizedTest
    @CsvSource({"ftp://host/model", "model", "'jar:file:/x!/y'", "'file://host/share'", "'http:///nohost'", "'::'"})
    void refusesOtherUris(String uri) {
        ModelRelease release = release(model.directory().toUri());
        release.setUri(uri);
        assertThatThrownBy(() -> artifacts(1, at("/")).fetch(release)).isInstanceOf(ModelException.class);
    }

    @Test
    void refusesAReleaseThatDoesNotSayWhereItIs() {
        ModelRelease release = release(model.directory().toUri());
        release.setUri(null);
        assertThatThrownBy(() -> artifacts(1).fetch(release))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("publish it again");
    }
}
