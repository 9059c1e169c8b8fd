package digitstream.serve;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.settings.Settings;
import digitstream.testing.Environment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Finds what a serving process lacks before it starts. */
@ExtendWith(Environment.Extension.class)
class StartChecksIT {
    private static void limit(Admin admin, String topic, String bytes) throws Exception {
        set(admin, topic, "max.message.bytes", bytes);
    }

    private static void set(Admin admin, String topic, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, topic),
                        List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }

    @Test
    void namesEveryFaultWithItsWayOut(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("topic.models", "not.there");
        Settings settings = Settings.parse(given);
        String deadLetters = settings.topics().deadLetters();
        try (Admin admin = environment.admin()) {
            limit(admin, deadLetters, "100000");
            set(admin, deadLetters, "cleanup.policy", "compact");
            assertThat(new StartChecks(admin, settings, true, false).faults())
                    .satisfiesExactly(
                            fault -> assertThat(fault)
                                    .isEqualTo(
                                            "missing topics: not.there; create them with `digitstream topics create`"),
                            fault -> assertThat(fault)
                                    .startsWith(
                                            "max.message.bytes of topic '" + deadLetters + "' is 100000, and a dead"
                                                    + " letter may have 1000000 bytes; set dead.letters.max.bytes lower, or raise it"),
                            fault -> assertThat(fault)
                                    .startsWith("cleanup.policy of topic '" + deadLetters + "' is compact")
                                    .endsWith("--add-config cleanup.policy=delete`"));
        }
    }

    @Test
    void acceptsASmallLimitOfDeadLettersIfRecordsAreAsSmall(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("producer.max.request.size", "100000");
        Settings settings = Settings.parse(given);
        try (Admin admin = environment.admin()) {
            limit(admin, settings.topics().deadLetters(), "100000");
            assertThat(new StartChecks(admin, settings, true, true).faults()).isEmpty();
        }
    }

    @Test
    void needsOnlyTheTopicsOfTheTopologyThatItRuns(Environment environment) throws Exception {
        Map<String, String> given = new HashMap<>(environment.freshTopics());
        given.put("topic.accuracy", "not.there");
        Settings settings = Settings.parse(given);
        try (Admin admin = environment.admin()) {
            assertThat(new StartChecks(admin, settings, true, false).faults()).isEmpty();
            assertThat(new StartChecks(admin, settings, false, true).faults()).hasSize(1);
        }
    }
}
