package digitstream.cli;

import digitstream.dashboard.Dashboard;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code digitstream dashboard}. */
@Command(
        name = "dashboard",
        description = {
            "Serve the page to watch: accuracy, traffic, latency, mistakes; and to draw a digit. Until Ctrl-C.",
            "It learns everything from Kafka: run it anywhere, more than once, and restart it at will."
        },
        mixinStandardHelpOptions = true)
final class DashboardCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = DashboardOptions.LOOPBACK,
            description = {
                "The address to listen at (default: ${DEFAULT-VALUE}).",
                "There is no login: who reaches the page can draw and label digits."
            })
    private String host = DashboardOptions.LOOPBACK;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "" + DashboardOptions.PORT,
            description = "The port (default: ${DEFAULT-VALUE}; 0: any free one).")
    private int port = DashboardOptions.PORT;

    @Option(
            names = "--history",
            paramLabel = "DURATION",
            defaultValue = DashboardOptions.HISTORY_TEXT,
            description =
                    "How far back published accuracy is read at the start, and shown (default: ${DEFAULT-VALUE}).")
    private String history = DashboardOptions.HISTORY_TEXT;

    @Override
    public Integer call() throws InterruptedException {
        DashboardOptions.requirePort("--port", port);
        Duration past = PaceOptions.duration("--history", history);
        Settings settings = cluster.settings();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings);
                Metrics metrics = new Metrics()) {
            for (String topic : settings.topics().all()) {
                Admission.requireTopic(admin, topic);
            }
            Interrupts interrupts = Interrupts.listen();
            try (Dashboard dashboard = DashboardOptions.start(
                    clients,
                    admin,
                    schemas,
                    settings,
                    new Dashboard.Options(host, port, past),
                    metrics,
                    new Health())) {
                System.out.println("Dashboard: " + dashboard.url() + "  Ctrl-C ends it.");
                while (!interrupts.await(LOOK_MILLIS)) {
                    DashboardOptions.requireAlive(dashboard);
                }
            }
        }
        return 0;
    }
}
