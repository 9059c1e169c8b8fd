package digitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import digitstream.serve.StreamsConfiguration;
import digitstream.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterOptionsTest {
    @TempDir
    private Path folder;

    @Test
    void everyClientUsesTheBrokersOfTheFlag() throws Exception {
        Path file = Files.writeString(
                folder.resolve("client.properties"), "bootstrap.servers=other:9092\nsecurity.protocol=SSL\n");
        ClusterOptions options = new ClusterOptions();
        new CommandLine(options)
                .parseArgs(
                        "--bootstrap-server",
                        "one:1, [::1]:2",
                        "--command-config",
                        file.toString(),
                        "--property",
                        "bootstrap.servers=third:9092");
        Settings settings = options.settings();
        Map<String, String> clients = options.clients(settings);

        String expected = "one:1,[::1]:2";
        assertThat(clients).containsEntry("bootstrap.servers", expected).containsEntry("security.protocol", "SSL");
        assertThat(StreamsConfiguration.classify(settings, clients)).containsEntry("bootstrap.servers", expected);
        assertThat(StreamsConfiguration.score(settings, clients)).containsEntry("bootstrap.servers", expected);
    }
}
