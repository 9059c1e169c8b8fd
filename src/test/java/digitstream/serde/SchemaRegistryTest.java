package digitstream.serde;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the settings of the registry client: logins and certificates. {@code SchemaEvolutionIT} tests the protocol. */
class SchemaRegistryTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private final CopyOnWriteArrayList<String> logins = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::respond);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void sendsTheConfiguredLogin() {
        try (SchemaRegistry registry = new SchemaRegistry(
                url("http"),
                Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "alice:secret"))) {
            registry.ping();
        }
        // alice:secret in base64.
        assertThat(logins).containsExactly("Basic YWxpY2U6c2VjcmV0");
    }

    @Test
    void reportsARejectedLogin() {
        try (SchemaRegistry registry = new SchemaRegistry(url("http"), Map.of())) {
            assertThatThrownBy(registry::ping)
                    .isInstanceOf(RegistryUnavailableException.class)
                    .hasMessageContaining(url("http") + " failed to list its subjects");
        }
    }

    @Test
    void trustsTheConfiguredCertificates() throws Exception {
        server.stop(0);
        Path store = folder.resolve("registry.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "registry",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor()).isZero();
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(context(store)));
        https.createContext("/", this::respond);
        https.start();
        server = https;
        Map<String, String> login =
                Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "alice:secret");

        try (SchemaRegistry withoutTruststore = new SchemaRegistry(url("https"), login)) {
            assertThatThrownBy(withoutTruststore::ping).isInstanceOf(RegistryUnavailableException.class);
        }
        Map<String, String> trusting = new java.util.HashMap<>(login);
        trusting.put("schema.registry.ssl.truststore.location", store.toString());
        trusting.put("schema.registry.ssl.truststore.password", PASSWORD);
        trusting.put("schema.registry.ssl.truststore.type", "PKCS12");
        try (SchemaRegistry registry = new SchemaRegistry(url("https"), trusting)) {
            assertThatCode(registry::ping).doesNotThrowAnyException();
        }
    }

    private String url(String scheme) {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            String login = exchange.getRequestHeaders().getFirst("Authorization");
            if (login != null) {
                logins.add(login);
            }
            byte[] body = (login == null ? "{\"error_code\":401,\"message\":\"who are you?\"}" : "[]").getBytes(UTF_8);
            exchange.sendResponseHeaders(login == null ? 401 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static SSLContext context(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
