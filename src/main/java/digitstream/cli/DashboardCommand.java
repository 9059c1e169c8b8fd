package digitstream.cli;

import digitstream.dashboard.Dashboard;
import digitstream.dashboard.access.Access;
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
            "Serve the dashboard until interrupted with Ctrl-C.",
            "The dashboard shows accuracy, throughput, latency and misclassified images, and lets you draw a digit to"
                    + " classify. It reads everything from Kafka: run it anywhere, run several, restart it at any time."
        },
        mixinStandardHelpOptions = true)
final class DashboardCommand implements Callable<Integer> {
    private static final long CHECK_INTERVAL_MILLIS = 200;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private RegistryOption registry = new RegistryOption();

    @Mixin
    private AccessOptions access = new AccessOptions();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = DashboardOptions.LOOPBACK,
            description = {
                "The address to listen on (default: ${DEFAULT-VALUE}).",
                "Without --auth-file there is no login: anyone who can reach the page can draw and label digits."
            })
    private String host = DashboardOptions.LOOPBACK;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "" + DashboardOptions.PORT,
            description = "The port to listen on; 0 picks a free port (default: ${DEFAULT-VALUE}).")
    private int port = DashboardOptions.PORT;

    @Option(
            names = "--history",
            paramLabel = "DURATION",
            defaultValue = DashboardOptions.HISTORY_TEXT,
            description = "How much accuracy history to load at startup and show (default: ${DEFAULT-VALUE}).")
    private String history = DashboardOptions.HISTORY_TEXT;

    @Override
    public Integer call() throws InterruptedException {
        Values.requirePort("--port", port);
        ListenAddress.requireHost("--host", host);
        Access granted = access.access();
        Duration past = PaceOptions.duration("--history", history);
        Settings settings = cluster.settings();
        Map<String, String> clients = cluster.clients(settings);
        try (Admin admin = ClusterOptions.admin(clients);
                SchemaRegistry schemas = ClusterOptions.registry(registry.url, settings);
                Metrics metrics = new Metrics()) {
            for (String topic : settings.topics().all()) {
                Preconditions.requireTopic(admin, topic);
            }
            Interrupts interrupts = Interrupts.listen();
            try (Dashboard dashboard = DashboardOptions.start(
                    clients,
                    admin,
                    schemas,
                    settings,
                    new Dashboard.Options(host, port, past, granted),
                    metrics,
                    new Health())) {
                System.out.println("Dashboard: " + dashboard.url() + "  Press Ctrl-C to stop.");
                while (!interrupts.await(CHECK_INTERVAL_MILLIS)) {
                    DashboardOptions.requireAlive(dashboard);
                }
            }
        }
        return 0;
    }
}
