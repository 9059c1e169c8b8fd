package digitstream.dashboard.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
    private static final String LOCAL = "192.0.2.7";

    private final AllowedHosts hosts = new AllowedHosts("0.0.0.0", Set.of("Digits.example.com", "[2001:db8::5]"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:8080",
                "LOCALHOST",
                "localhost.",
                "127.0.0.1:8080",
                "[::1]:8080",
                "[0:0:0:0:0:0:0:1]",
                "0.0.0.0:8080",
                "192.0.2.7:8080",
                "digits.example.com",
                "digits.example.com:8443",
                "[2001:DB8:0::5]:80"
            })
    void acceptsLoopbackItsAddressesAndConfiguredNames(String host) {
        assertThat(hosts.isHost(host, LOCAL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "evil.example",
                "evil.example:8080",
                "digits.example.com.evil.example",
                "localhost.evil.example",
                "192.0.2.8:8080",
                "127.0.0.1.evil.example",
                "localhost:",
                "localhost:port",
                "localhost:123456",
                "local host",
                "user@localhost",
                "localhost,localhost",
                "http://localhost",
                "[::1",
                "::1",
                "[localhost]",
                "[::zz]"
            })
    void refusesOtherAndMalformedHosts(String host) {
        assertThat(hosts.isHost(host, LOCAL)).isFalse();
    }

    @Test
    void refusesAMissingHost() {
        assertThat(hosts.isHost(null, LOCAL)).isFalse();
    }

    @Test
    void acceptsTheNameOrAddressThatItListensOn() {
        assertThat(new AllowedHosts("box.example", Set.of()).isHost("box.example:8080", LOCAL))
                .isTrue();
        assertThat(new AllowedHosts("fe80::7", Set.of()).isHost("[fe80::7]:8080", "[fe80::7]"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // The page itself.
        "http://localhost:8080, localhost:8080",
        "HTTP://LOCALHOST:8080, localhost:8080",
        "http://localhost, localhost",
        "http://localhost, localhost:80",
        "http://[::1]:8080, [::1]:8080",
        // A proxy that ends TLS and passes the Host on.
        "https://digits.example.com, digits.example.com",
        "https://digits.example.com, digits.example.com:443",
        "https://localhost, localhost",
        // A proxy that sends its own Host, or one without the port.
        "https://digits.example.com, 127.0.0.1:8080",
        "https://digits.example.com:8443, digits.example.com",
    })
    void acceptsItsOwnPage(String origin, String host) {
        assertThat(hosts.isOrigin(origin, host)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "http://evil.example, localhost:8080",
        "http://evil.example:8080, localhost:8080",
        // Another server on the same machine.
        "http://localhost:3000, localhost:8080",
        "http://localhost, localhost:8080",
        "https://localhost, localhost:80",
        "http://127.0.0.1:8080, localhost:8080",
        "https://digits.example.com.evil.example, digits.example.com",
        // Malformed, and what browsers send for a sandboxed frame.
        "null, localhost:8080",
        "'', localhost:8080",
        "http://, localhost:8080",
        "http:///, localhost:8080",
        "http://a b, localhost:8080",
        "http://localhost:8080/, localhost:8080",
        "http://%zz, localhost:8080",
        "http://[::1, localhost:8080",
        "http://user@localhost:8080, localhost:8080",
        "ftp://localhost:8080, localhost:8080",
        "localhost:8080, localhost:8080",
    })
    void refusesOtherPagesAndMalformedOrigins(String origin, String host) {
        assertThat(hosts.isOrigin(origin, host)).isFalse();
    }
}
