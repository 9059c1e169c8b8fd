package digitstream.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

class StreamNamesTest {
    private static StreamNames of(Map<String, String> settings, Map<String, String> clients) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:1"));
                SchemaRegistry schemas = new SchemaRegistry("http://me:secret@registry:8081", Map.of())) {
            return StreamNames.of(StreamSource.of(Settings.parse(settings), clients, admin, schemas));
        }
    }

    @Test
    void namesTheCommandsForTheStream() {
        StreamNames names = of(Map.of(), Map.of("bootstrap.servers", "kafka:9092"));
        assertThat(names.produce())
                .isEqualTo("./scripts/digitstream produce both --bootstrap-server kafka:9092"
                        + " --schema-registry http://***@registry:8081");
        assertThat(names.serve())
                .isEqualTo("./scripts/digitstream serve --bootstrap-server kafka:9092"
                        + " --schema-registry http://***@registry:8081");
    }

    @Test
    void namesSettingsThatAreNotTheDefault() {
        StreamNames names = of(
                Map.of("topic.images", "my.images", "topic.accuracy", "my.accuracy", "score.application.id", "mine"),
                Map.of("bootstrap.servers", "kafka:9092", "security.protocol", "SSL"));
        assertThat(names.produce()).endsWith(" --command-config FILE --property topic.images=my.images");
        assertThat(names.serve())
                .endsWith(" --command-config FILE --property score.application.id=mine"
                        + " --property topic.accuracy=my.accuracy --property topic.images=my.images");
    }
}
