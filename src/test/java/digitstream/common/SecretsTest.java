package digitstream.common;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:hunter2@host:8081",
                "the registry at https://user:hunter2@host/path is not reachable",
                "http://user:s@hunter2@host",
                "http://user:a/hunter2@host",
                "http://user:a,hunter2@host",
                "http://hunter2@host",
                "HTTP://user:hunter2@[::1]:80",
                "http://user:hunter2@a,http://user:hunter2@b",
                "'--schema-registry', 'http://user:hunter2@host'",
                "user:hunter2@host:9092 is no address",
                "basic.auth.user.info=user:hunter2",
                "ssl.key.password=hunter2",
                "ssl.keystore.password = hunter2",
                "bearer.auth.token=hunter2",
                "classify.ssl.truststore.password=\"my hunter2\"",
                "sasl.jaas.config=org.apache.kafka.PlainLoginModule required username=\"u\" password=\"hunter2\";",
                "sasl.oauthbearer.client.credentials.client.secret=hunter2",
                "ssl.keystore.key=-----BEGIN-hunter2",
                "PlainLoginModule required username=u password=hunter2;"
            })
    void masksPasswords(String text) {
        assertThat(Secrets.masked(text)).doesNotContain("hunter2", "user:").contains("***");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "the schema registry at http://127.0.0.1:8081/apis is not reachable (Connection refused)",
                "--bootstrap-server is 'a:1,b:2'; use HOST:PORT",
                "batch.max.size=256",
                "basic.auth.credentials.source=USER_INFO",
                "sasl.oauthbearer.token.endpoint.url=http://login/token",
                "/models/lenet/20260101T120000Z: see a@b.example",
            })
    void leavesEverythingElse(String text) {
        assertThat(Secrets.masked(text)).isEqualTo(text);
    }

    @Test
    void keepsTheHostOfEachUrl() {
        assertThat(Secrets.masked("http://u:p@a:1/x,https://u:p@b:2 failed"))
                .isEqualTo("http://***@a:1/x,https://***@b:2 failed");
    }
}
