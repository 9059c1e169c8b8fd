package digitstream.dashboard;

import digitstream.common.Excerpt;
import digitstream.dashboard.access.Access;
import digitstream.dashboard.access.Bounded;
import digitstream.dashboard.access.Guard;
import digitstream.dashboard.access.JsonErrors;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.WebServers;
import digitstream.serde.RegistryUnavailableException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.staticfiles.Location;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Serves the page and its API over HTTP. {@link Guard} decides which requests are accepted. */
final class DashboardServer implements AutoCloseable {
    private final String host;
    private final Access access;
    private final Guard guard;
    private final DashboardState state;
    private final Pages pages;
    private final DrawingRoutes drawing;
    private final ImageReader images;
    private final MonitoringRoutes monitoring;
    private final Javalin server;

    DashboardServer(
            String host,
            int port,
            Access access,
            DashboardState state,
            Pages pages,
            DrawingRoutes drawing,
            ImageReader images,
            MonitoringRoutes monitoring) {
        this.host = host;
        this.access = access;
        this.guard = new Guard(access, host);
        this.state = state;
        this.pages = pages;
        this.drawing = drawing;
        this.images = images;
        this.monitoring = monitoring;
        this.server = Javalin.create(config -> {
            WebServers.listen(config, host, port);
            configure(config);
        });
        WebServers.start(server, "the dashboard", host, port, DashboardException::new);
    }

    private void configure(JavalinConfig config) {
        config.router.contextPath = access.basePath().isEmpty() ? "/" : access.basePath();
        config.jetty.modifyServer(jetty -> Bounded.addTo(jetty, access.basePath()));
        JsonErrors.addTo(config);
        config.staticFiles.enableWebjars();
        config.staticFiles.add("/digitstream/dashboard", Location.CLASSPATH);
        config.routes.before(guard::check);
        monitoring.addTo(config.routes);
        config.routes.sse("/api/events", client -> pages.add(client, state.now()));
        config.routes.get("/api/history", this::history);
        config.routes.get("/api/verdict", context -> json(context, StateJson.text(StateJson.verdict(state.verdict()))));
        config.routes.get("/api/timeline", context -> json(context, state.events()));
        config.routes.get("/api/mistakes", this::mistakes);
        config.routes.get("/api/mistakes/{actual}/{predicted}", this::mistakesOfACell);
        config.routes.get("/api/images/{partition}/{offset}", this::image);
        drawing.addTo(config.routes, guard);
        config.routes.exception(
                RegistryUnavailableException.class,
                (e, context) -> JsonErrors.answer(context, 503, "the schema registry does not respond; try again"));
        config.routes.exception(
                KafkaException.class,
                (e, context) -> JsonErrors.answer(
                        context, 503, "the Kafka brokers do not respond (" + e.getMessage() + "); try again"));
    }

    private void history(Context context) {
        if (!state.isCaughtUp()) {
            JsonErrors.answer(context, 503, "the dashboard is still loading its history");
            return;
        }
        json(context, state.history());
    }

    private void mistakes(Context context) {
        String name = Optional.ofNullable(context.queryParam("order")).orElse(MistakeOrder.LATEST.code());
        MistakeOrder order = MistakeOrder.of(name)
                .orElseThrow(() -> new BadRequestResponse(
                        "order is '" + Excerpt.of(name) + "'; set it to " + MistakeOrder.codes()));
        json(context, StateJson.text(StateJson.mistakes(state.mistakes(order))));
    }

    private void mistakesOfACell(Context context) {
        int actual = number(context, "actual", 9);
        int predicted = number(context, "predicted", 9);
        json(context, StateJson.text(StateJson.mistakes(state.mistakes(actual, predicted))));
    }

    private void image(Context context) {
        Optional<byte[]> png = images.png(
                number(context, "partition", Integer.MAX_VALUE),
                wholeNumber(context, "offset", Long.MAX_VALUE),
                Optional.ofNullable(context.queryParam("id"))
                        .orElseThrow(() -> new BadRequestResponse("the image id is missing; add ?id=ID")));
        if (png.isEmpty()) {
            JsonErrors.answer(context, 404, "image not found; it may have been deleted from its topic");
            return;
        }
        // The response never changes, because the request names the image id, too.
        context.header("Cache-Control", "private, max-age=86400, immutable")
                .contentType(ContentType.IMAGE_PNG)
                .result(png.get());
    }

    private static int number(Context context, String name, int max) {
        return (int) wholeNumber(context, name, max);
    }

    private static long wholeNumber(Context context, String name, long max) {
        try {
            long number = Long.parseLong(context.pathParam(name));
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, with the value.
        }
        throw new BadRequestResponse(name + " is '" + Excerpt.of(context.pathParam(name)) + "'; set it to 0 to " + max);
    }

    static void json(Context context, String json) {
        context.header("Cache-Control", "no-store")
                .contentType(ContentType.APPLICATION_JSON)
                .result(json);
    }

    String url() {
        return WebServers.url(server, host, access.basePath() + "/");
    }

    @Override
    public void close() {
        server.stop();
    }
}
