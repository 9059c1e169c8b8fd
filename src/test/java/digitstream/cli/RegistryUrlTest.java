package digitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import digitstream.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Registries that require a password, through the real client. */
class RegistryUrlTest {
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private int answer = 200;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            byte[] body = (answer == 200 ? "[]" : "{\"error_code\":401,\"message\":\"Unauthorized\"}").getBytes(UTF_8);
            exchange.sendResponseHeaders(answer, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({
        "user:secret, user:secret",
        "user:p%40ss%2Fword, user:p@ss/word",
        "user:100%, user:100%",
        "user:a+b, user:a+b",
        "user:p@ss, user:p@ss",
        "'user:a,b', 'user:a,b'"
    })
    void sendsTheUserOfTheUrl(String inUrl, String sent) {
        ping(parse("http://" + inUrl + "@127.0.0.1:" + port()), Map.of());
        assertThat(authorizations)
                .isNotEmpty()
                .containsOnly("Basic " + Base64.getEncoder().encodeToString(sent.getBytes(UTF_8)));
    }

    @Test
    void sendsTheUserOfTheSettingsIfTheyNameASource() {
        ping(
                parse("http://a:b@127.0.0.1:" + port()),
                Map.of("basic.auth.credentials.source", "USER_INFO", "basic.auth.user.info", "c:d"));
        assertThat(authorizations)
                .isNotEmpty()
                .containsOnly("Basic " + Base64.getEncoder().encodeToString("c:d".getBytes(UTF_8)));
    }

    @Test
    void neverRepeatsThePassword() {
        answer = 401;
        for (int port : new int[] {port(), 1}) {
            RegistryUrl url = parse("http://user:secret@127.0.0.1:" + port + "/api");
            assertThatThrownBy(() -> ping(url, Map.of()))
                    .satisfies(error -> assertThat(Errors.lines(error))
                            .singleElement()
                            .asString()
                            .contains("http://127.0.0.1:" + port + "/api")
                            .doesNotContain("secret"))
                    .hasStackTraceContaining("RestService")
                    .extracting(RegistryUrlTest::trace)
                    .asString()
                    .doesNotContain("secret");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo:secret@host",
                "http://user:sec/ret@host",
                "http://user:secret@",
                "http://user:secret@host:port",
                "http://user:secret@host,other",
                "http://a:secret@one,http://b:secret@two",
                "ftp://user:secret@host"
            })
    void refusesAUrlWithoutItsPassword(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(TypeConversionException.class)
                .message()
                .doesNotContain("sec", "ret@");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://schema_registry:8081",
                "https://registry.example/apis/ccompat/v7",
                "http://[::1]:8081/",
                "http://a:1,http://b:2",
                "http://a:1, http://b:2",
                "HTTP://a"
            })
    void acceptsOtherUrls(String text) {
        assertThat(parse(text).urls()).isEqualTo(text.replace(" ", ""));
        assertThat(parse(text).user()).isEmpty();
    }

    private static void ping(RegistryUrl url, Map<String, String> settings) {
        ClusterOptions.registry(url, Settings.parse(settings)).close();
    }

    private static String trace(Throwable error) {
        java.io.StringWriter text = new java.io.StringWriter();
        error.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    private static RegistryUrl parse(String text) {
        return new RegistryUrl.Converter().convert(text);
    }

    private int port() {
        return server.getAddress().getPort();
    }
}
