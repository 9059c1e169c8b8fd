package digitstream.cli;

import digitstream.dashboard.StreamSource;
import digitstream.dashboard.StreamStatus;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import digitstream.verdict.Finding;
import digitstream.verdict.Level;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream status}. */
@Command(
        name = "status",
        description = {
            "Watch the stream for some seconds and say how it does, by the rules of the dashboard.",
            "Prints what is wrong, the worst first. The exit status is 0 if all is well, 1 for a warning or without data,"
                    + " and 2 if it is critical, for cron and CI."
        },
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Option(
            names = "--watch",
            paramLabel = "DURATION",
            defaultValue = "15s",
            description =
                    "How long to watch (default: ${DEFAULT-VALUE}). Without 500 predictions in this time, drift and"
                            + " the estimated accuracy are not judged.")
    private String watch = "15s";

    @Option(names = "--json", description = "Print one JSON object, as at /api/verdict of the dashboard.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        Duration time = PaceOptions.duration("--watch", watch);
        Settings settings = cluster.settings();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings)) {
            for (String topic : settings.topics().all()) {
                Preconditions.requireTopic(admin, topic);
            }
            Interrupts interrupts = Interrupts.listen();
            StreamStatus status = StreamStatus.watch(
                    StreamSource.of(settings, clients, admin, schemas), time, interrupts::stopRequested);
            if (interrupts.stopRequested()) {
                throw new UserException("interrupted; there is no verdict");
            }
            return print(status);
        } catch (KafkaException e) {
            return print(StreamStatus.withoutBrokers(Errors.lines(e).get(0)));
        }
    }

    private int print(StreamStatus status) {
        System.out.print(json ? status.json() + "\n" : text(status));
        return exitStatus(status.verdict().level());
    }

    private static String text(StreamStatus status) {
        StringBuilder text = new StringBuilder();
        if (status.verdict().findings().isEmpty()) {
            line(text, Level.OK, status.verdict().text());
        }
        for (Finding finding : status.verdict().findings()) {
            line(text, finding.level(), finding.text());
        }
        status.model()
                .ifPresent(model -> text.append("model     ").append(model).append('\n'));
        return text.toString();
    }

    private static void line(StringBuilder text, Level level, String words) {
        text.append(String.format(Locale.ROOT, "%-9s %s%n", level.name().replace('_', ' '), words));
    }

    private static int exitStatus(Level level) {
        return switch (level) {
            case OK -> 0;
            case NO_DATA, WARNING -> 1;
            case CRITICAL -> 2;
        };
    }
}
