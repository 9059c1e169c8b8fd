package digitstream.monitoring;

import io.javalin.config.RoutesConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;

/** HTTP routes for monitoring: {@code /metrics}, {@code /health/live} and {@code /health/ready}. */
public final class MonitoringRoutes {
    private final Metrics metrics;
    private final Health health;

    public MonitoringRoutes(Metrics metrics, Health health) {
        this.metrics = metrics;
        this.health = health;
    }

    /** Adds these routes to a server. */
    public void addTo(RoutesConfig routes) {
        routes.get(
                "/metrics", context -> context.contentType(Metrics.CONTENT_TYPE).result(metrics.scrape()));
        routes.get("/health/live", context -> answer(context, health.live()));
        routes.get("/health/ready", context -> answer(context, health.ready()));
    }

    private static void answer(Context context, Health.Report report) {
        context.status(report.status())
                .header("Cache-Control", "no-store")
                .contentType(ContentType.APPLICATION_JSON)
                .result(report.json());
    }
}
