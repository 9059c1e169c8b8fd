package digitstream.dashboard.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialsTest {
    private static final String TOKEN = "0123456789abcdef";

    private final Credentials credentials =
            new Credentials(Map.of("alice", "pass: wörd", "bob", "12345678"), List.of(TOKEN));

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    @Test
    void acceptsEachUserAndToken() {
        assertThat(List.of(basic("alice:pass: wörd"), basic("bob:12345678"), "Bearer " + TOKEN, "bearer   " + TOKEN))
                .allMatch(credentials::accept);
    }

    @Test
    void refusesAllElse() {
        assertThat(credentials.accept(null)).isFalse();
        assertThat(List.of(
                        "",
                        "Basic",
                        "Basic ",
                        "Basic %%%",
                        basic("alice:12345678"),
                        basic("bob:1234567"),
                        basic("bob:123456789"),
                        basic("bob"),
                        basic(TOKEN),
                        "Bearer",
                        "Bearer ",
                        "Bearer bob:12345678",
                        "Bearer " + TOKEN.substring(1),
                        "Bearer " + TOKEN.toUpperCase(java.util.Locale.ROOT),
                        "Digest " + TOKEN,
                        TOKEN))
                .noneMatch(credentials::accept);
    }

    @Test
    void asksForWhatItAccepts() {
        assertThat(credentials.challenges())
                .containsExactly("Basic realm=\"digitstream\", charset=\"UTF-8\"", "Bearer realm=\"digitstream\"");
        assertThat(new Credentials(Map.of(), List.of(TOKEN)).challenges())
                .containsExactly("Bearer realm=\"digitstream\"");
    }
}
