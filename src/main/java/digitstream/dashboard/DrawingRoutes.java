package digitstream.dashboard;

import digitstream.common.Digits;
import digitstream.common.DrawnId;
import digitstream.common.Json;
import digitstream.dashboard.access.Guard;
import digitstream.dashboard.access.JsonErrors;
import digitstream.dashboard.access.RequestBody;
import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Base64;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** HTTP routes that write to the topics: {@code /api/digits} and {@code /api/labels}. */
final class DrawingRoutes {
    private static final int MIN_SIDE = Digits.SIDE;
    private static final int MAX_SIDE = 512;

    private final Drawings drawings;
    private final Dashboard.Normaliser normaliser;
    private final boolean scored;

    /**
     * Creates the routes.
     *
     * @param scored whether drawn digits count in accuracy
     */
    DrawingRoutes(Drawings drawings, Dashboard.Normaliser normaliser, boolean scored) {
        this.drawings = drawings;
        this.normaliser = normaliser;
        this.scored = scored;
    }

    /** Adds these routes to a server. */
    void addTo(RoutesConfig routes, Guard guard) {
        routes.post("/api/digits", guard.writing(this::classify));
        routes.post("/api/labels", guard.writing(this::label));
    }

    private void classify(Context context) {
        RequestJson body = RequestJson.of(RequestBody.read(context));
        int side = body.number("side", MIN_SIDE, MAX_SIDE);
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
        byte[] field = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
        byte[] pixels = pixels(body.text("pixels"));
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
                .thenAccept(answer -> DashboardServer.json(context, StateJson.answer(answer)))
                .exceptionally(failure -> failed(context, failure, timeoutMessage)));
    }

    private void label(Context context) {
        RequestJson body = RequestJson.of(RequestBody.read(context));
        String imageId = body.text("imageId");
        if (!DrawnId.isDrawn(imageId)) {
            throw new BadRequestResponse(
                    "imageId does not name a drawn digit; only digits drawn on this page can be labelled");
        }
        OptionalInt label = body.numberOrNull("label", 0, Digits.CLASSES - 1, "to take the label back");
        context.future(() -> (label.isEmpty() ? drawings.retract(imageId) : drawings.label(imageId, label.getAsInt()))
                .thenAccept(done -> DashboardServer.json(
                        context, StateJson.text(Json.COMPACT.createObjectNode().put("scored", scored))))
                .exceptionally(failure ->
                        failed(context, failure, "the Kafka brokers did not accept the label in time; try again")));
    }

    private static @Nullable Void failed(Context context, Throwable failure, String timeoutMessage) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        boolean late = cause instanceof TimeoutException;
        JsonErrors.answer(
                context,
                late ? 504 : 503,
                late ? timeoutMessage : "the Kafka brokers did not accept the record: " + cause.getMessage());
        return null;
    }

    private static byte[] pixels(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new BadRequestResponse("pixels is not base64; send one byte per pixel in base64");
        }
    }
}
