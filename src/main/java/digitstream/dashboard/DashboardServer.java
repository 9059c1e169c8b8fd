package digitstream.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import digitstream.common.Digits;
import digitstream.common.Json;
import digitstream.monitoring.MonitoringRoutes;
import digitstream.monitoring.WebServers;
import digitstream.serde.RegistryUnavailableException;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.staticfiles.Location;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.net.URI;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the page and its API over HTTP. Accepts requests from this page only: the Host header must name the address that the
 * server listens on (against DNS rebinding), and a POST must be JSON from the page's own origin.
 */
final class DashboardServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DashboardServer.class);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
    private static final int MIN_DRAWING_SIDE = Digits.SIDE;
    private static final int MAX_DRAWING_SIDE = 512;
    /** The largest drawing in base64, with some margin. */
    private static final long MAX_REQUEST_BYTES = 400_000;

    private final String host;
    private final DashboardState state;
    private final Pages pages;
    private final Drawings drawings;
    private final ImageReader images;
    private final Dashboard.Normaliser normaliser;
    private final MonitoringRoutes monitoring;
    private final Javalin server;

    DashboardServer(
            String host,
            int port,
            DashboardState state,
            Pages pages,
            Drawings drawings,
            ImageReader images,
            Dashboard.Normaliser normaliser,
            MonitoringRoutes monitoring) {
        this.host = host;
        this.state = state;
        this.pages = pages;
        this.drawings = drawings;
        this.images = images;
        this.normaliser = normaliser;
        this.monitoring = monitoring;
        this.server = Javalin.create(this::configure);
        WebServers.start(server, "the dashboard", host, port, DashboardException::new);
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.http.maxRequestSize = MAX_REQUEST_BYTES;
        config.staticFiles.enableWebjars();
        config.staticFiles.add("/digitstream/dashboard", Location.CLASSPATH);
        config.routes.before(this::guard);
        monitoring.addTo(config.routes);
        config.routes.sse("/api/events", client -> pages.add(client, state.now()));
        config.routes.get("/api/history", this::history);
        config.routes.get("/api/verdict", context -> json(context, StateJson.text(StateJson.verdict(state.verdict()))));
        config.routes.get("/api/mistakes/{actual}/{predicted}", this::mistakesOfACell);
        config.routes.get("/api/images/{partition}/{offset}", this::image);
        config.routes.post("/api/digits", this::classify);
        config.routes.post("/api/labels", this::label);
        config.routes.exception(HttpResponseException.class, (e, context) -> {
            context.status(e.getStatus());
            json(context, StateJson.error(String.valueOf(e.getMessage())));
        });
        config.routes.exception(RegistryUnavailableException.class, (e, context) -> {
            context.status(503);
            json(context, StateJson.error("the schema registry does not respond; try again"));
        });
        config.routes.exception(KafkaException.class, (e, context) -> {
            context.status(503);
            json(context, StateJson.error("the Kafka brokers do not respond (" + e.getMessage() + "); try again"));
        });
        config.routes.exception(Exception.class, (e, context) -> {
            LOG.error("{} {} failed", context.method(), context.path(), e);
            context.status(500);
            json(context, StateJson.error("internal error; see the dashboard's log"));
        });
    }

    private void guard(Context context) {
        context.header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        String requestedHost = Optional.ofNullable(context.host()).orElse("");
        String name = requestedHost.replaceFirst(":\\d+$", "").replaceAll("^\\[|]$", "");
        boolean anyHost = host.equals("0.0.0.0") || host.equals("::");
        if (!anyHost && !LOOPBACK.contains(name) && !name.equals(host)) {
            throw new ForbiddenResponse("host '" + name + "' is not allowed; open the dashboard at " + url());
        }
        if (context.method().equals(HandlerType.POST)) {
            String origin = context.header("Origin");
            if (origin != null && !requestedHost.equals(URI.create(origin).getRawAuthority())) {
                throw new ForbiddenResponse(
                        "the Origin header names another page; only the dashboard's own page may send this");
            }
            if (!Optional.ofNullable(context.contentType()).orElse("").startsWith(ContentType.JSON)) {
                throw new BadRequestResponse("the Content-Type is not application/json; send JSON");
            }
        }
    }

    private void history(Context context) {
        if (!state.isCaughtUp()) {
            context.status(503);
            json(context, StateJson.error("the dashboard is still loading its history"));
            return;
        }
        json(context, state.history());
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
            context.status(404);
            json(context, StateJson.error("image not found; it may have been deleted from its topic"));
            return;
        }
        // The response never changes, because the request names the image id, too.
        context.header("Cache-Control", "private, max-age=86400, immutable")
                .contentType(ContentType.IMAGE_PNG)
                .result(png.get());
    }

    private void classify(Context context) {
        JsonNode body = body(context);
        int side = body.path("side").asInt();
        if (side < MIN_DRAWING_SIDE || side > MAX_DRAWING_SIDE) {
            throw new BadRequestResponse(
                    "side is " + side + "; set it to " + MIN_DRAWING_SIDE + " to " + MAX_DRAWING_SIDE);
        }
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        byte[] field = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        byte[] pixels = pixels(body.path("pixels").asText());
        if (pixels.length != field.length) {
            throw new BadRequestResponse(
                    "pixels has " + pixels.length + " bytes; send " + field.length + ", one byte per pixel, in base64");
        }
        System.arraycopy(pixels, 0, field, 0, field.length);
        byte[] digit = normaliser
                .pixels(picture)
                .orElseThrow(() -> new BadRequestResponse("the drawing is empty; draw a digit"));
        String timeoutMessage = "no prediction arrived within " + Drawings.TIMEOUT_SECONDS
                + " s; check that `digitstream serve` is running (it will classify the drawing)";
        context.future(() -> drawings.classify(digit)
                .thenAccept(answer -> json(context, StateJson.answer(answer)))
                .exceptionally(failure -> failed(context, failure, timeoutMessage)));
    }

    private void label(Context context) {
        JsonNode body = body(context);
        String imageId = body.path("imageId").asText();
        int label = body.path("label").asInt(-1);
        if (!imageId.startsWith(Drawings.PREFIX) || imageId.length() > Drawings.PREFIX.length() + 36) {
            throw new BadRequestResponse(
                    "imageId does not name a drawn digit; only digits drawn on this page can be labelled");
        }
        if (label < 0 || label > 9) {
            throw new BadRequestResponse("label must be 0 to 9");
        }
        context.future(() -> drawings.label(imageId, label)
                .thenAccept(done -> context.status(204))
                .exceptionally(failure ->
                        failed(context, failure, "the Kafka brokers did not accept the label in time; try again")));
    }

    private static @Nullable Void failed(Context context, Throwable failure, String timeoutMessage) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        context.status(cause instanceof TimeoutException ? 504 : 503);
        json(
                context,
                StateJson.error(
                        cause instanceof TimeoutException
                                ? timeoutMessage
                                : "the Kafka brokers did not accept the record: " + cause.getMessage()));
        return null;
    }

    private static JsonNode body(Context context) {
        try {
            return Json.COMPACT.readTree(context.bodyAsBytes());
        } catch (JsonProcessingException e) {
            throw new BadRequestResponse("the request body is not JSON: " + e.getOriginalMessage());
        } catch (java.io.IOException e) {
            throw new BadRequestResponse("the request body cannot be read");
        }
    }

    private static byte[] pixels(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new BadRequestResponse("pixels is not base64: " + e.getMessage());
        }
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
        throw new BadRequestResponse(name + " is '" + context.pathParam(name) + "'; set it to 0 to " + max);
    }

    private static void json(Context context, String json) {
        context.header("Cache-Control", "no-store")
                .contentType(ContentType.APPLICATION_JSON)
                .result(json);
    }

    String url() {
        return WebServers.url(server, host, "/");
    }

    @Override
    public void close() {
        server.stop();
    }
}
