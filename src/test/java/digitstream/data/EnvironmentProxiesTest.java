package digitstream.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import digitstream.testing.RefusingProxy;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxiesTest {
    private static final URI HTTPS = URI.create("https://data.example.com/mnist/");
    private static final URI HTTP = URI.create("http://data.example.com:8000/mnist/");

    @TempDir
    private Path folder;

    @Test
    void downloadsThroughTheProxyThatTheEnvironmentNames() throws Exception {
        try (RefusingProxy proxy = new RefusingProxy(true)) {
            List<String> messages = new ArrayList<>();
            Map<String, String> environment = Map.of("HTTP_PROXY", "http://me:s%40cret@127.0.0.1:" + proxy.port());
            URI mirror = URI.create("http://mirror.invalid/mnist/");
            assertThat(new MnistDownload(folder, List.of(mirror), new EnvironmentProxies(environment), messages::add)
                            .run())
                    .isFalse();
            // Base64 of "me:s@cret".
            assertThat(proxy.requests())
                    .contains("GET http://mirror.invalid/mnist/t10k-images-idx3-ubyte.gz HTTP/1.1 Basic bWU6c0BjcmV0");
            assertThat(messages)
                    .contains("Using the proxy 127.0.0.1:" + proxy.port() + " from HTTP_PROXY")
                    .noneMatch(line -> line.contains("cret"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY,https",
        "https_proxy,https",
        "HTTP_PROXY,http",
        "http_proxy,http",
        "ALL_PROXY,https",
        "all_proxy,http",
    })
    void takesTheVariableOfTheScheme(String variable, String scheme) {
        for (URI address : List.of(HTTPS, HTTP)) {
            boolean isUsed = address.getScheme().equals(scheme) || variable.equalsIgnoreCase("all_proxy");
            assertThat(proxy(address, variable, "http://proxy:3128"))
                    .isEqualTo(isUsed ? Optional.of("proxy:3128") : Optional.empty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "proxy:3128,proxy:3128",
        "http://proxy,proxy:80",
        "http://proxy:3128/,proxy:3128",
        "http://me:secret@proxy:3128,proxy:3128",
        "10.0.0.1:8080,10.0.0.1:8080",
    })
    void readsTheAddressOfAProxy(String text, String expected) {
        assertThat(proxy(HTTPS, "HTTPS_PROXY", text)).hasValue(expected);
    }

    @Test
    void prefersLowerCaseAndIgnoresEmptyVariables() {
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "upper:1", "https_proxy", "lower:1"))
                .hasValue("lower:1");
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "upper:1", "https_proxy", " ")).hasValue("upper:1");
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "")).isEmpty();
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "own:1", "ALL_PROXY", "all:1")).hasValue("own:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "data.example.com",
                "DATA.example.com",
                ".example.com",
                "*.example.com",
                "example.com",
                "localhost, example.com",
                "localhost example.com",
                "data.example.com:443",
                ".example.com:443",
            })
    void goesDirectlyToTheHostsInNoProxy(String list) {
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "proxy:3128", "NO_PROXY", list)).isEmpty();
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "proxy:3128", "no_proxy", list)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "ple.com", "other.com", "data.example.com:8443", "example.com.org", ".", "data"})
    void usesTheProxyForOtherHosts(String list) {
        assertThat(proxy(HTTPS, "HTTPS_PROXY", "proxy:3128", "NO_PROXY", list)).hasValue("proxy:3128");
    }

    @Test
    void prefersJavasOwnProperties() {
        System.setProperty("https.proxyHost", "javas");
        System.setProperty("https.proxyPort", "99");
        try {
            assertThat(proxy(HTTPS, "HTTPS_PROXY", "proxy:3128")).hasValue("javas:99");
        } finally {
            System.clearProperty("https.proxyHost");
            System.clearProperty("https.proxyPort");
        }
    }

    @Test
    void refusesWhatIsNoProxyWithoutPrintingThePassword() {
        refuses("socks5://me:secret@proxy:1080", "HTTPS_PROXY names a proxy of type socks5");
        refuses(
                "http://me:se cret@proxy:1080",
                "HTTPS_PROXY is not the address of a proxy; set it to http://HOST:PORT");
        refuses("me:secret@proxy:99999", "HTTPS_PROXY has the port 99999, not one from 1 to 65535");
        refuses("proxy:0", "HTTPS_PROXY has the port 0, not one from 1 to 65535");
        refuses("proxy:99999999999", "HTTPS_PROXY is not the address of a proxy");
        refuses("http://", "HTTPS_PROXY is not the address of a proxy");
    }

    @Test
    void namesAProxyThatCannotBeReached() {
        Map<String, String> environment = Map.of("HTTP_PROXY", "http://me:secret@127.0.0.1:1");
        DigitSources sources = new DigitSources(
                folder, List.of(URI.create("http://mirror.invalid/")), environment, OptionalInt.empty(), line -> {});
        assertThatThrownBy(() -> sources.find(Optional.empty(), Optional.empty()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("through the proxy 127.0.0.1:1 from HTTP_PROXY; check that variable")
                .hasMessageNotContaining("cret");
    }

    private static void refuses(String text, String reason) {
        assertThatThrownBy(() -> new EnvironmentProxies(Map.of("HTTPS_PROXY", text))
                        .configure(HttpClient.newBuilder(), List.of(HTTPS)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("cret")
                .hasNoCause();
    }

    private static Optional<String> proxy(URI address, String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        Proxy proxy = new EnvironmentProxies(environment).select(address).get(0);
        return Optional.ofNullable((InetSocketAddress) proxy.address())
                .map(at -> at.getHostString() + ":" + at.getPort());
    }
}
