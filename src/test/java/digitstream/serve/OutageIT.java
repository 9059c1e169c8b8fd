package digitstream.serve;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.client.ProducePlan;
import digitstream.client.TopicAdmin;
import digitstream.local.ServeProcess;
import digitstream.settings.Settings;
import digitstream.testing.CommandLineProcess;
import digitstream.testing.Deliveries;
import digitstream.testing.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Restarts the broker and stops the registry while images are in flight. */
@ExtendWith(Environment.Extension.class)
class OutageIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    @TempDir
    private Path folder;

    @Test
    void predictsExactlyOnceThroughOutagesOfBrokerAndRegistry(Environment environment) throws Exception {
        Map<String, String> given = environment.freshTopics();
        Settings settings = Settings.parse(given);
        List<String> arguments = environment.serveArguments(folder.resolve("state"), given, "--only", "classify");

        try (Deliveries predictions =
                        new Deliveries(environment.clients(), settings.topics().predictions());
                Deliveries deadLetters =
                        new Deliveries(environment.clients(), settings.topics().deadLetters());
                ServeProcess serve =
                        ServeProcess.start(CommandLineProcess.home(), arguments, folder.resolve("serve.log"))) {
            serve.awaitReady();
            environment.produce(settings, plan("before-"));
            predictions.awaitKeys(5_000, TIMEOUT);
            environment.cluster().broker().close();
            environment.cluster().broker().start();
            try (Admin admin = environment.admin()) {
                // The topics exist; this waits until their leaders respond.
                new TopicAdmin(admin, settings.topics(), settings.layout()).create();
            }
            environment.produce(settings, plan("after-broker-"));
            predictions.awaitKeys(40_000, TIMEOUT);

            // The schemas are cached by now, so an outage of the registry has no effect.
            environment.cluster().registry().close();
            environment.produce(settings, plan("without-registry-"));
            predictions.awaitKeys(60_000, TIMEOUT);
            assertThat(serve.process().isAlive()).isTrue();
            predictions.readOn(Duration.ofSeconds(1));
            predictions.assertExactlyOnce(60_000);
            deadLetters.readOn(Duration.ofSeconds(1));
            assertThat(deadLetters.total()).isZero();
        } finally {
            environment.cluster().registry().start();
        }
    }

    private static ProducePlan plan(String idPrefix) {
        return new ProducePlan(true, false, Double.POSITIVE_INFINITY, 20_000, Duration.ZERO, 1, idPrefix);
    }
}
