package digitstream.dashboard.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import digitstream.common.Excerpt;
import digitstream.common.Json;
import io.javalin.config.JavalinConfig;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.staticfiles.ResourceHandler;
import io.javalin.router.EndpointNotFound;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every error with {@code {"error": "one line"}} in this project's words, also those that Javalin and Jetty find. */
public final class JsonErrors extends ErrorHandler {
    private static final Logger LOG = LoggerFactory.getLogger(JsonErrors.class);
    private static final String READING = "GET, HEAD";

    private JsonErrors() {}

    /** Makes a server answer its errors in this way. */
    public static void addTo(JavalinConfig config) {
        JsonErrors errors = new JsonErrors();
        config.jetty.modifyServer(server -> server.setErrorHandler(errors));
        config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(errors));
        config.http.prefer405over404 = true;
        config.routes.exception(
                HttpResponseException.class,
                (e, context) -> answer(context, e.getStatus(), String.valueOf(e.getMessage())));
        config.routes.exception(MethodNotAllowedResponse.class, (e, context) -> wrongMethod(context, allowed(e)));
        config.routes.exception(EndpointNotFound.class, (e, context) -> {
            ResourceHandler files = config.unsafe.resourceHandler;
            if (files != null && files.canHandle(context)) {
                wrongMethod(context, READING);
            } else {
                answer(context, 404, "there is nothing at " + Excerpt.of(context.path()));
            }
        });
        config.routes.exception(Exception.class, (e, context) -> {
            if (e instanceof HttpException malformed && malformed.getCode() < 500) {
                answer(context, malformed.getCode(), explain(malformed.getCode()));
                return;
            }
            LOG.error("{} {} failed", context.method(), context.path(), e);
            answer(context, 500, explain(500));
        });
    }

    private static String allowed(MethodNotAllowedResponse e) {
        // Javalin names the detail after the type of response that it would have sent.
        String methods = Optional.ofNullable(e.getDetails().get("availableMethods"))
                .orElseGet(() -> e.getDetails().getOrDefault("Available methods", ""));
        return methods.equals(HandlerType.GET.name()) ? READING : methods;
    }

    private static void wrongMethod(Context context, String allowed) {
        context.header("Allow", allowed);
        answer(context, 405, Excerpt.of(context.req().getMethod()) + " is not possible here; use " + allowed);
    }

    /** Answers a request with an error. */
    public static void answer(Context context, int status, String message) {
        context.status(status)
                .header("Cache-Control", "no-store")
                .contentType(ContentType.APPLICATION_JSON)
                .result(json(message));
    }

    private static String json(String message) {
        return Json.COMPACT.createObjectNode().put("error", message).toString();
    }

    /** Returns what the user can do about an error that Jetty has found. */
    private static String explain(int status) {
        return switch (status) {
            case 400 -> "the request is not valid HTTP, or its path or headers are malformed";
            case 404 -> "there is nothing here";
            case 408 -> "the request did not arrive in time; send it again";
            case 413 -> "the request body is too large";
            case 414, 431 -> "the address or the headers of the request are too long";
            case 505 -> "the server speaks HTTP/1.1 only";
            case 503 -> "the server is busy; try again";
            default ->
                status < 500
                        ? "the server does not accept this request (" + status + ")"
                        : "internal error; see the dashboard's log";
        };
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, ContentType.JSON);
        if (code == 503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        response.write(true, ByteBuffer.wrap(json(explain(code)).getBytes(UTF_8)), callback);
    }
}
