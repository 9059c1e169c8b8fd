package digitstream.cli;

import digitstream.dashboard.Dashboard;
import digitstream.dashboard.StreamSource;
import digitstream.data.CentredDigit;
import digitstream.monitoring.Health;
import digitstream.monitoring.Metrics;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** Defaults and helpers of the commands that serve a dashboard. */
final class DashboardOptions {
    static final String LOOPBACK = ListenAddress.LOOPBACK;
    static final int PORT = 8080;
    static final String HISTORY_TEXT = "6h";
    static final Duration HISTORY = PaceOptions.duration("--history", HISTORY_TEXT);

    private DashboardOptions() {}

    static Dashboard start(
            Map<String, String> clients,
            Admin admin,
            SchemaRegistry schemas,
            Settings settings,
            Dashboard.Options options,
            Metrics metrics,
            Health health) {
        return Dashboard.start(
                StreamSource.of(settings, clients, admin, schemas), CentredDigit::of, options, metrics, health);
    }

    static void requireAlive(Dashboard dashboard) {
        if (dashboard.failure().isDone()) {
            throw new UserException(
                    "the dashboard has failed; see the log above for the cause",
                    dashboard.failure().join());
        }
    }
}
