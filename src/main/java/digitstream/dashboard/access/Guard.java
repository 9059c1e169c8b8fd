package digitstream.dashboard.access;

import digitstream.common.Excerpt;
import io.javalin.http.ContentType;
import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.Handler;
import io.javalin.http.TooManyRequestsResponse;
import io.javalin.http.UnauthorizedResponse;
import io.javalin.http.UnsupportedMediaTypeResponse;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Refuses requests that {@link Access} does not permit, before their bodies are read. */
public final class Guard {
    private static final double WRITES_PER_SECOND = 10;
    private static final int WRITES_AT_ONCE = 20;

    /** Probes have no login, and health tells less than the page. */
    private static final Set<String> HEALTH = Set.of("/health/live", "/health/ready");

    private final Access access;
    private final AllowedHosts hosts;

    /**
     * Creates a guard.
     *
     * @param listening name or address that the server listens on
     */
    public Guard(Access access, String listening) {
        this.access = access;
        this.hosts = new AllowedHosts(listening, access.allowedHosts());
    }

    /** Checks any request. */
    public void check(Context context) {
        context.header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'");
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        String host = Optional.ofNullable(context.header("Host")).orElse("");
        if (!hosts.isHost(host, context.req().getLocalAddr())) {
            throw new ForbiddenResponse("the Host header is '" + Excerpt.of(host)
                    + "', which is no name of this dashboard; allow it with --allowed-host NAME");
        }
        String origin = context.header("Origin");
        if (origin != null && !hosts.isOrigin(origin, host)) {
            throw new ForbiddenResponse(
                    "the Origin header is '" + Excerpt.of(origin)
                            + "', which is not this dashboard's page; if a proxy has that name, allow it with --allowed-host NAME");
        }
        String path = context.path().substring(access.basePath().length());
        if (access.authenticatesReading() && !HEALTH.contains(path)) {
            authenticate(context);
        }
    }

    /** Returns a handler that first checks a request to write. Each one has a rate limit of its own. */
    public Handler writing(Handler handler) {
        RateLimit rate = new RateLimit(WRITES_PER_SECOND, WRITES_AT_ONCE, System::nanoTime);
        return context -> {
            if (access.readOnly()) {
                throw new ForbiddenResponse("this dashboard is read-only; drawing and labelling are switched off");
            }
            authenticate(context);
            // A browser sends a form or text to any site without asking it first, but not JSON.
            if (!isJson(Optional.ofNullable(context.contentType()).orElse(""))) {
                throw new UnsupportedMediaTypeResponse("the Content-Type is not application/json; send JSON");
            }
            String charset = context.req().getCharacterEncoding();
            if (charset != null && !charset.equalsIgnoreCase("UTF-8")) {
                throw new UnsupportedMediaTypeResponse(
                        "the charset is '" + Excerpt.of(charset) + "', not UTF-8; send JSON in UTF-8");
            }
            RequestBody.requireSize(context);
            long wait = rate.secondsToWait();
            if (wait > 0) {
                context.header("Retry-After", Long.toString(wait));
                throw new TooManyRequestsResponse(
                        "more than " + (int) WRITES_PER_SECOND + " requests per second; try again in " + wait + " s");
            }
            handler.handle(context);
        };
    }

    private static boolean isJson(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(ContentType.JSON);
    }

    private void authenticate(Context context) {
        Credentials credentials = access.credentials();
        if (credentials != null && !credentials.accept(context.header("Authorization"))) {
            credentials.challenges().forEach(challenge -> context.res().addHeader("WWW-Authenticate", challenge));
            throw new UnauthorizedResponse("this needs a login that is in the dashboard's --auth-file");
        }
    }
}
